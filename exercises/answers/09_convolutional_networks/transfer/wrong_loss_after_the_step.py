"""Losses after each step."""
# fails: training_of_torch

_tune = fine_tune


def fine_tune(model, names, x, y, lr, steps):
    losses = _tune(model, names, x, y, lr, steps)
    return [*losses[1:], nn.functional.cross_entropy(model(x), y).item()]
