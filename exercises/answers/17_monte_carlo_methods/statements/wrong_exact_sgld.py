"""A constant step would be exact."""
# fails: constant_steps

statements = {**statements, "sgld": "a"}
