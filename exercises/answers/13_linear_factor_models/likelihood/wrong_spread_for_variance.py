"""Standard deviations in place of variances."""
# fails: four_eigenvalues, levels_of_explained_variance


def variance_k(X, level):
    values = torch.linalg.svdvals(X - X.mean(dim=0))
    return int((values.cumsum(0) < (level - 1e-9) * values.sum()).sum()) + 1
