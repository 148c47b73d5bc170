"""The norm instead of its square."""
# fails: losses_by_hand, covariances_of_numpy


def coral_loss(X, Y):
    d = X.shape[1]
    return (torch.cov(X.T).reshape(d, d) - torch.cov(Y.T).reshape(d, d)).norm() / (4 * d**2)
