"""Separable convolutions thought to represent all others."""
# fails: family_of_separable_kernels

statements = {**statements, "subset": "b"}
