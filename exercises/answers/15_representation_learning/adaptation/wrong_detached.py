"""Nothing comes back."""
# fails: reversal_by_hand, reversed_gradients


def reverse_gradient(x, strength):
    return x.detach()
