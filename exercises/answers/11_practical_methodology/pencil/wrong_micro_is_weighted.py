"""Micro and weighted average are taken for the same."""
# fails: three_averages

pencil = {**pencil, "averages": [0.466667, 0.6875, 0.6875]}
