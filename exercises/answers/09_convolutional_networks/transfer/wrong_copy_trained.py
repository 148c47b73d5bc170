"""A copy trained and thrown away."""
# fails: training_of_torch

_tune = fine_tune


def fine_tune(model, names, x, y, lr, steps):
    import copy

    return _tune(copy.deepcopy(model), names, x, y, lr, steps)
