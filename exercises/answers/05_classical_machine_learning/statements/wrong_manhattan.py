"""City blocks taken to be free of scale."""
# fails: units

statements = {**statements, "scaling": "a"}
