"""Rounding may cost a component."""
# fails: levels_of_explained_variance


def variance_k(X, level):
    A = X - X.mean(dim=0)
    shares = torch.linalg.eigvalsh(A.T @ A).flip(0).clamp(min=0)
    return int((shares.cumsum(0) / shares.sum() * (1 - 1e-12) < level).sum()) + 1
