"""Maximum for amounts, average for single spots."""
# fails: choice_of_pooling

statements = {**statements, "which": "a"}
