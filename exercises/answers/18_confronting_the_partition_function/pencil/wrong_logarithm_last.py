"""The logarithm of the expectation."""
# fails: logarithm_of_a_mean

pencil = {**pencil, "jensen": [0.693147, 0.693147, 0.693147]}
