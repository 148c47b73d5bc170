"""The sum over the batch."""
# fails: training_of_torch

_tune = fine_tune


def fine_tune(model, names, x, y, lr, steps):
    return [loss * len(x) for loss in _tune(model, names, x, y, lr * len(x), steps)]
