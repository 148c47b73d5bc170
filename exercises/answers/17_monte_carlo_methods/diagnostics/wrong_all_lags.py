"""All lags are summed, noise included."""
# fails: ten_draws_by_hand, sums_of_pairs, worth_of_long_chains


def effective_size(x):
    if len(x) < 4:
        raise ValueError("too few draws")
    return len(x) / (2 * autocorrelation(x, len(x) // 2).sum() - 1)
