"""Softmax called invariant to a factor."""
# fails: shift_or_scale

statements = {**statements, "constant": "a"}
