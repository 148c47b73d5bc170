"""Independence is assumed of the model."""
# fails: whose_independence

statements = {**statements, "independent": "b"}
