"""Covariances over n."""
# fails: losses_by_hand, covariances_of_numpy


def coral_loss(X, Y):
    d = X.shape[1]
    gap = torch.cov(X.T, correction=0).reshape(d, d) - torch.cov(Y.T, correction=0).reshape(d, d)
    return (gap**2).sum() / (4 * d**2)
