"""One over the squared distance."""
# fails: two_neighbours_by_hand, weighted_means


def knn_regress(D, y, k):
    d, order = D.sort(dim=1)
    d, targets = d[:, :k], y[order[:, :k]]
    here = d == 0
    weights = torch.where(here.any(dim=1, keepdim=True), here.to(d.dtype), 1 / d**2)
    return (weights * targets).sum(dim=1) / weights.sum(dim=1)
