"""Invariance would need detailed balance."""
# fails: invariance_and_balance

statements = {**statements, "balance": "b"}
