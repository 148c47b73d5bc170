"""A bound even for lines that separate nothing."""
# fails: no_bound_without_margin


def mistake_bound(X, y, u, c):
    margin = (y * (X @ u + c)).min()
    return ((X.square().sum(dim=1).max() + 1) * (u.square().sum() + c**2) / margin**2).item()
