"""The variance of the activations, which leaves out the square of their mean."""
# fails: moments_by_hand, signal_through_twenty_layers


def second_moment_by_depth(X, weights, activation):
    moments, h = [], X
    for W in weights:
        h = activation(h @ W.T)
        moments.append(h.var().item())
    return moments
