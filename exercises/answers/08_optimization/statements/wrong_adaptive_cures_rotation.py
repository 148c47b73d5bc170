"""Adaptive rates expected not to mind the turn."""
# fails: turned_ravine

statements = {**statements, "rotated": "b"}
