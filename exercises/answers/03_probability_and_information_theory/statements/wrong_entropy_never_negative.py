"""True of discrete entropy only."""
# fails: differential_entropy

statements = {**statements, "differential": "a"}
