"""Autocovariances, not divided by the first."""
# fails: ten_draws_by_hand, correlations_of_chains, sums_of_pairs, worth_of_long_chains


def autocorrelation(x, lags):
    if (x == x[0]).all():
        raise ValueError("a chain that never moves")
    d = x - x.mean()
    return torch.stack([d[: len(d) - k] @ d[k:] for k in range(lags + 1)]) / len(x)
