"""exp(-lambda v) for the distribution, with the sign of lambda as for exp(lambda v)."""
# fails: fair_die, tilted_far


def tilted(values, lam):
    return torch.softmax(-lam * values, dim=0)


def maximum_entropy(values, mean):
    if not values.min() < mean < values.max():
        raise ValueError
    lam, bound = 0.0, 1.0
    while not (tilted(values, bound) * values).sum() <= mean <= (tilted(values, -bound) * values).sum():
        bound *= 2
    low, high = -bound, bound
    for _ in range(100):
        lam = (low + high) / 2
        low, high = (low, lam) if (tilted(values, lam) * values).sum() < mean else (lam, high)
    return -lam, tilted(values, lam)
