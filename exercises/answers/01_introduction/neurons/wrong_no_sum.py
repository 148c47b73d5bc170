"""Elementwise products that are never added."""
# fails: one_neuron_by_hand, bias_inside, activation_last


def neuron(X, w, b, f):
    return f(X * w + b)
