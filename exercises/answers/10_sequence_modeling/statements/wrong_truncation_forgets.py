"""Truncation thought to reset the states."""
# fails: what_truncation_changes

statements = {**statements, "truncated": "a"}
