"""The list begins with lag 1."""
# fails: ten_draws_by_hand, correlations_of_chains

plain_correlations = autocorrelation


def autocorrelation(x, lags):
    return plain_correlations(x, lags + 1)[1:]


def effective_size(x):
    if len(x) < 4:
        raise ValueError("too few draws")
    pairs = plain_correlations(x, len(x) // 2 * 2 - 1).reshape(-1, 2).sum(dim=1)
    return len(x) / (2 * (pairs * (pairs > 0).cumprod(dim=0)).sum() - 1).clamp(min=1 / math.log10(len(x)))
