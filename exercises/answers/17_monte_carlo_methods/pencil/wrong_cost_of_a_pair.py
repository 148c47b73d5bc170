"""A pair is counted as one evaluation."""
# fails: pairs_of_a_square

pencil = {**pencil, "pairs": [0.088889, -0.077778, 16]}
