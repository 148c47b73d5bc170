"""The target itself would be the best proposal."""
# fails: choice_of_a_proposal

statements = {**statements, "best": "a"}
