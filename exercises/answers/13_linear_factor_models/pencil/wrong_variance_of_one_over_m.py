"""The noise is left out of the posterior variance."""
# fails: posterior_of_the_model

pencil = {**pencil, "posterior": [0.428571, 0.142857]}
