"""Statistics forgotten."""
# fails: frozen_and_picked

statements = {**statements, "frozen": "a"}
