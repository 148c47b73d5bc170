"""Parents and children alone."""
# fails: what_shields_a_node

statements = {**statements, "blanket": "b"}
