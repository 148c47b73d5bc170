"""Z is thought to cancel in the ratio."""
# fails: constant_and_number

statements = {**statements, "ratio": "a", "twice": "a"}
