"""The plain mean."""
# fails: two_neighbours_by_hand, weighted_means, distance_zero


def knn_regress(D, y, k):
    return y[D.argsort(dim=1)[:, :k]].mean(dim=1)
