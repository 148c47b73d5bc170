"""Indices from 0 in place of numbers."""
# fails: levels_of_variance

pencil = {**pencil, "dimension": [2.0, 4.0]}
