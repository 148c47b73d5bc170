"""Only the diagonals are compared."""
# fails: covariances_of_numpy


def coral_loss(X, Y):
    return ((X.var(dim=0) - Y.var(dim=0)) ** 2).sum() / (4 * X.shape[1] ** 2)
