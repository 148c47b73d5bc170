"""A weight taken for an influence."""
# fails: weights_are_no_explanation

statements = {**statements, "weights": "b"}
