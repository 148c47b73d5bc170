"""The mean counts as variance."""
# fails: levels_of_explained_variance


def variance_k(X, level):
    values = torch.linalg.svdvals(X) ** 2
    return int((values.cumsum(0) < (level - 1e-9) * values.sum()).sum()) + 1
