"""The path estimate is thought to win by law."""
# fails: no_law_of_variances

statements = {**statements, "path": "a"}
