"""Divided by 4 d."""
# fails: covariances_of_numpy

plain = coral_loss


def coral_loss(X, Y):
    return plain(X, Y) * X.shape[1]
