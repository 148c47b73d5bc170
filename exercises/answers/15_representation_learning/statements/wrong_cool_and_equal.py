"""A small temperature is thought to make all alike."""
# fails: share_of_the_hardest

statements = {**statements, "temperature": "a"}
