"""Exposure bias taken for rarity."""
# fails: bias_by_exposure

statements = {**statements, "exposure": "c"}
