"""The first split of exclusive or expected to gain."""
# fails: exclusive_or

statements = {**statements, "pruning": "a"}
