"""Standardised features are thought to be normal."""
# fails: shape_after_scaling

statements = {**statements, "skew": "a"}
