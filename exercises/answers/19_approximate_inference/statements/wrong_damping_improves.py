"""Damping makes beliefs better."""
# fails: slower_messages

statements = {**statements, "damping": "b"}
