"""The number of draws."""
# fails: ten_draws_by_hand, sums_of_pairs, worth_of_long_chains


def effective_size(x):
    autocorrelation(x, 1)
    if len(x) < 4:
        raise ValueError("too few draws")
    return float(len(x))
