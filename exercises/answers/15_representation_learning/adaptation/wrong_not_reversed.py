"""The gradient is scaled and not reversed."""
# fails: reversal_by_hand, reversed_gradients


def reverse_gradient(x, strength):
    return (1 - strength) * x.detach() + strength * x
