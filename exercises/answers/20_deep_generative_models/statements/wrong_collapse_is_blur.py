"""Collapse taken for blur."""
# fails: ends_of_a_game

statements = {**statements, "collapse": "a"}
