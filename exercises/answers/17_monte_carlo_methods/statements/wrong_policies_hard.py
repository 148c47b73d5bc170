"""Policies would be hard to sample."""
# fails: quotient_of_means

statements = {**statements, "other": "b"}
