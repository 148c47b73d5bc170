"""Shares of single components in place of their sums."""
# fails: four_eigenvalues, levels_of_explained_variance


def variance_k(X, level):
    A = X - X.mean(dim=0)
    values = torch.linalg.eigvalsh(A.T @ A).flip(0)
    return max(int((values / values.sum() >= 1 - level).sum()), 1)
