"""Newton's method on the logarithm of the normaliser, from a bracket, on values scaled to [0, 1]."""


def tilted(values, lam):
    top = (lam * values).max()
    p = torch.exp(lam * values - top)
    return p / p.sum()


def maximum_entropy(values, mean):
    least, most = values.min().item(), values.max().item()
    if mean <= least or mean >= most:
        raise ValueError("out of reach")
    scaled, target = (values - least) / (most - least), (mean - least) / (most - least)
    low, high, lam = -1e9, 1e9, 0.0
    for _ in range(300):
        p = tilted(scaled, lam)
        average = float((p * scaled).sum())
        low, high = (lam, high) if average < target else (low, lam)
        variance = float((p * (scaled - average) ** 2).sum())
        step = lam + (target - average) / max(variance, 1e-300)
        lam = step if low < step < high else (low + high) / 2
    return lam / (most - least), tilted(scaled, lam)
