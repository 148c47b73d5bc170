"""Each lag is divided by the number of its own products."""
# fails: ten_draws_by_hand, correlations_of_chains, sums_of_pairs, worth_of_long_chains

plain_correlations = autocorrelation


def autocorrelation(x, lags):
    return plain_correlations(x, lags) * len(x) / (len(x) - torch.arange(lags + 1))
