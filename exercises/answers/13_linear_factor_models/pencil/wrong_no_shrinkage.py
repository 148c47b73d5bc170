"""The lengths are the eigenvalues themselves, and nothing shrinks."""
# fails: noise_and_lengths

pencil = {**pencil, "noise": [0.333333, 5.0, 2.0], "shrinkage": 1.0}
