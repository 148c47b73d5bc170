"""Ascent."""
# fails: training_of_torch

_tune = fine_tune


def fine_tune(model, names, x, y, lr, steps):
    return _tune(model, names, x, y, -lr, steps)
