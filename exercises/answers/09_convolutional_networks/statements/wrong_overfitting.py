"""A higher training error taken for overfitting."""
# fails: degradation

statements = {**statements, "deeper": "a"}
