"""Eigenvalues below 1 thought to shrink every step."""
# fails: growth_before_decay

statements = {**statements, "eigenvalues": "a"}
