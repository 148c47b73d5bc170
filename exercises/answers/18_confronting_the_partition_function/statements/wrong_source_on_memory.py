"""Enumeration is thought to need all states at once, whatever the layers are."""
# fails: ways_to_enumerate

statements = {**statements, "memory": "a", "small": "a"}
