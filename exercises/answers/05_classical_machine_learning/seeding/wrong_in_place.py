"""The caller's centres are moved."""
# fails: inputs_kept


def lloyd_step(X, centres):
    distances = (X[:, None] - centres).square().sum(dim=2)
    labels = distances.argmin(dim=1)
    for c in labels.unique():
        centres[c] = X[labels == c].mean(dim=0)
    return labels, centres, distances.amin(dim=1).sum()
