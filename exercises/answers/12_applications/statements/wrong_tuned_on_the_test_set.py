"""Tuned on the test set, as long as it is the same for both."""
# fails: fair_comparison

statements = {**statements, "table": "c"}
