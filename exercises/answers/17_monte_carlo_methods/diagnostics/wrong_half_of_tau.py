"""Each lag counted once."""
# fails: ten_draws_by_hand, sums_of_pairs, worth_of_long_chains


def effective_size(x):
    if len(x) < 4:
        raise ValueError("too few draws")
    pairs = autocorrelation(x, len(x) // 2 * 2 - 1).reshape(-1, 2).sum(dim=1)
    return len(x) / (pairs * (pairs > 0).cumprod(dim=0)).sum()
