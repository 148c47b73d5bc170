"""Codes of any size."""
# fails: maps_and_their_inverses

statements = {**statements, "width": "a"}
