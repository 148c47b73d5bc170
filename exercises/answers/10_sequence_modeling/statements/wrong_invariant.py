"""Equivariance taken for invariance."""
# fails: permuted_inputs

statements = {**statements, "order": "b"}
