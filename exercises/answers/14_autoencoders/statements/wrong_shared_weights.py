"""Encoder and decoder are thought to share their weights."""
# fails: roles_of_the_decoder

statements = {**statements, "mirror": "a"}
