"""A convolution is taken for invariant."""
# fails: invariance_and_equivariance

statements = {**statements, "shift": "a"}
