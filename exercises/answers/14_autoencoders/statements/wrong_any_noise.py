"""Gaussian noise is thought to erase features."""
# fails: features_from_features

statements = {**statements, "filled": "b"}
