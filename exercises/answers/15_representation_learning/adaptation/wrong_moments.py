"""Moments around 0."""
# fails: losses_by_hand, covariances_of_numpy


def coral_loss(X, Y):
    gap = X.T @ X / (len(X) - 1) - Y.T @ Y / (len(Y) - 1)
    return (gap**2).sum() / (4 * X.shape[1] ** 2)
