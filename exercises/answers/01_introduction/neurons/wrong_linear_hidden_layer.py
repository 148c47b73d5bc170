"""A hidden layer without an activation, which is a linear function."""
# fails: exclusive_or_everywhere


def exclusive_or(X):
    s = X.sum(dim=1)
    return s - 2 * (s - 1)
