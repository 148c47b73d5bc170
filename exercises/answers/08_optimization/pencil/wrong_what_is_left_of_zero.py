"""The weight of the start, beta to the fifth."""
# fails: bias_after_five_steps

pencil = {**pencil, "bias": [0.59049, 0.99501]}
