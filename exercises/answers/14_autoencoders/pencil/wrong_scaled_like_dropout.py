"""Weights that make up for what is masked on average."""
# fails: two_equal_features

pencil = {**pencil, "twins": 1.0}
