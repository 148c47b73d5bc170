"""Summed up to the first lag that is negative."""
# fails: sums_of_pairs, worth_of_long_chains


def effective_size(x):
    if len(x) < 4:
        raise ValueError("too few draws")
    rho = autocorrelation(x, len(x) - 1)
    return len(x) / (2 * (rho * (rho > 0).cumprod(dim=0)).sum() - 1)
