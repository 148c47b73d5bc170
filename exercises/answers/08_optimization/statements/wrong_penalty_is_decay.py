"""Penalty and decoupled decay taken to be one."""
# fails: penalty_or_decay

statements = {**statements, "decay": "a"}
