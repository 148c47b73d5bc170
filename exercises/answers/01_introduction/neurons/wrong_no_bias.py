"""The bias is forgotten."""
# fails: one_neuron_by_hand, neuron_matches_torch


def neuron(X, w, b, f):
    return f(X @ w)
