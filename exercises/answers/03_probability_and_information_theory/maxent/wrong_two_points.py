"""The two extreme values, mixed so that the mean is right: least entropy instead of most."""
# fails: loaded_die, mean_is_met, entropy_is_largest


def maximum_entropy(values, mean):
    if not values.min() < mean < values.max():
        raise ValueError
    lam, _ = solved(values, mean)
    share = (mean - values.min()) / (values.max() - values.min())
    p = torch.zeros_like(values)
    p[values.argmax()], p[values.argmin()] = share, 1 - share
    return lam, p


def solved(values, mean):
    bound = 1.0
    while not (tilted(values, -bound) * values).sum() <= mean <= (tilted(values, bound) * values).sum():
        bound *= 2
    low, high = -bound, bound
    for _ in range(100):
        lam = (low + high) / 2
        low, high = (lam, high) if (tilted(values, lam) * values).sum() < mean else (low, lam)
    return lam, tilted(values, lam)
