"""Conditioning could add variance."""
# fails: what_is_gained

statements = {**statements, "given": "c"}
