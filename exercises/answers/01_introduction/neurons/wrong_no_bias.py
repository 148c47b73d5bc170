"""The bias is forgotten."""
# fails: one_neuron_by_hand, bias_inside


def neuron(X, w, b, f):
    return f(X @ w)
