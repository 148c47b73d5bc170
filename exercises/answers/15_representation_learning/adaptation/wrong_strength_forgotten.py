"""Reversed, but never scaled."""
# fails: reversal_by_hand, reversed_gradients


def reverse_gradient(x, strength):
    return 2 * x.detach() - x
