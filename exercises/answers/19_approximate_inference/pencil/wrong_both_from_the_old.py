"""Both spins from the old means, both eigenvalues from the coupling alone."""
# fails: one_after_the_other, maximum_or_saddle

pencil = {**pencil, "sweep": [0.462117, 0.462117], "saddle": [-0.8, 0.8, -2, 2]}
