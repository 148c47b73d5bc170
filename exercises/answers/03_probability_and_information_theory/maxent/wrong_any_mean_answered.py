"""No check of the mean: the search ends somewhere."""
# fails: mean_out_of_reach


def maximum_entropy(values, mean):
    bound = 1.0
    while bound < 1e6 and not (tilted(values, -bound) * values).sum() <= mean <= (tilted(values, bound) * values).sum():
        bound *= 2
    low, high = -bound, bound
    for _ in range(100):
        lam = (low + high) / 2
        low, high = (lam, high) if (tilted(values, lam) * values).sum() < mean else (low, lam)
    return lam, tilted(values, lam)
