"""Concept drift taken for label shift."""
# fails: name_of_the_drift

statements = {**statements, "drift": "a"}
