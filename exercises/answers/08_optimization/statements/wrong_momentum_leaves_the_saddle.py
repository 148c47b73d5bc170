"""Momentum expected to find a direction that no gradient has."""
# fails: leaving_a_saddle

statements = {**statements, "saddle": "a"}
