"""The other divergence."""
# fails: approximations

statements = {**statements, "direction": "b"}
