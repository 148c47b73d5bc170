"""The direction converges, the length does not."""
# fails: separated_classes

statements = {**statements, "separable": "b"}
