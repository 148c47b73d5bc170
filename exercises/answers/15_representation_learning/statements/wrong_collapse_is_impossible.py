"""The loss is thought to rule out collapse."""
# fails: collapse_is_an_optimum

statements = {**statements, "constant": "c"}
