"""Chains of any length are taken."""
# fails: chains_that_stand


def effective_size(x):
    pairs = autocorrelation(x, len(x) // 2 * 2 - 1).reshape(-1, 2).sum(dim=1)
    return len(x) / (2 * (pairs * (pairs > 0).cumprod(dim=0)).sum() - 1).clamp(min=1 / math.log10(len(x)))
