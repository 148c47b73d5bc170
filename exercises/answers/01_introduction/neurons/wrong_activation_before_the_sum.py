"""The activation is applied to the products instead of to their sum."""
# fails: one_neuron_by_hand, activation_last


def neuron(X, w, b, f):
    return f(X * w).sum(dim=1) + b
