"""An invariant distribution would always be reached."""
# fails: invariance_and_balance

statements = {**statements, "balance": "c", "flip": "b"}
