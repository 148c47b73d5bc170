"""A chain that alternates would be worth infinitely many draws."""
# fails: sums_of_pairs


def effective_size(x):
    if len(x) < 4:
        raise ValueError("too few draws")
    pairs = autocorrelation(x, len(x) // 2 * 2 - 1).reshape(-1, 2).sum(dim=1)
    return len(x) / (2 * (pairs * (pairs > 0).cumprod(dim=0)).sum() - 1)
