"""Convolutions thought to follow turns."""
# fails: turns_and_mirrors

statements = {**statements, "turned": "b"}
