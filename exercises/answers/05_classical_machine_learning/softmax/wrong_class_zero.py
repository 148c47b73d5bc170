"""The probability of class 0."""
# fails: two_classes


def as_logistic(W, b):
    return W[:, 0] - W[:, 1], b[0] - b[1]
