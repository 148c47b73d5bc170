"""Equivariance taken for invariance."""
# fails: functions_on_graphs

statements = {**statements, "renumbered": "a"}
