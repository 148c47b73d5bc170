"""The smallest eigenvalue for the noise."""
# fails: noise_and_lengths

pencil = {**pencil, "noise": [0.1, 4.9, 1.9]}
