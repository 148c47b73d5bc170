"""The value is turned around as well."""
# fails: reversal_by_hand, reversed_gradients


def reverse_gradient(x, strength):
    return -strength * x
