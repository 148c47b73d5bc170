"""One over the distance, also over 0."""
# fails: distance_zero


def knn_regress(D, y, k):
    d, order = D.sort(dim=1)
    weights, targets = 1 / d[:, :k], y[order[:, :k]]
    return (weights * targets).sum(dim=1) / weights.sum(dim=1)
