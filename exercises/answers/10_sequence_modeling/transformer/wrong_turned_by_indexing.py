"""The rows turned around without attention."""
# fails: reversed_exactly


def reverse(X, beta):
    return X.flip(0)
