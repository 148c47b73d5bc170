"""Equivariance and invariance exchanged."""
# fails: words_for_what_moves

statements = {**statements, "words": "a"}
