"""The mean isn't taken off."""
# fails: ten_draws_by_hand, correlations_of_chains, sums_of_pairs, worth_of_long_chains


def autocorrelation(x, lags):
    if (x == x[0]).all():
        raise ValueError("a chain that never moves")
    c = torch.stack([x[: len(x) - k] @ x[k:] for k in range(lags + 1)])
    return c / c[0]
