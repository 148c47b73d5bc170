"""Lambda searched between -5 and 5."""
# fails: any_scale


def maximum_entropy(values, mean):
    if not values.min() < mean < values.max():
        raise ValueError
    low, high = -5.0, 5.0
    for _ in range(100):
        lam = (low + high) / 2
        low, high = (lam, high) if (tilted(values, lam) * values).sum() < mean else (low, lam)
    return lam, tilted(values, lam)
