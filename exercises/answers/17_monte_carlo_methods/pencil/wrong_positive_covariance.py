"""The sign of the covariance is lost."""
# fails: pairs_of_a_square

pencil = {**pencil, "pairs": [0.088889, 0.077778, 0.533333]}
