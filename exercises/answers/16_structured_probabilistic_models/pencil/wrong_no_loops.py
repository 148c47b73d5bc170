"""The matrix without self-loops."""
# fails: entries_of_a_star

pencil = {**pencil, "convolution": [0.0, 1 / math.sqrt(3)]}
