"""Variances in place of standard deviations."""
# fails: bounds_and_distances

pencil = {**pencil, "frechet": [68, 0.5625]}
