"""Random labels taken to give chance level, whatever the protocol."""
# fails: selection_before_folds

statements = {**statements, "selection": "a"}
