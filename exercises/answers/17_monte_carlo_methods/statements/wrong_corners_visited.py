"""Invariance taken for convergence."""
# fails: one_coordinate_after_the_other

statements = {**statements, "corners": "a"}
