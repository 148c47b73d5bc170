"""Both ensembles taken to lower the variance."""
# fails: what_ensembles_lower

statements = {**statements, "ensembles": "a"}
