"""Divided by the degree of the row alone."""
# fails: entries_of_a_star

pencil = {**pencil, "convolution": [1 / 4, 1 / 4]}
