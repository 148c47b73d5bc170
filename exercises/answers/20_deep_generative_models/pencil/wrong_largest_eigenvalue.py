"""Eigenvalues in place of singular values."""
# fails: distances_and_norms

pencil = {**pencil, "spectral": [2, 1]}
