"""The values centred in place."""
# fails: dtype_and_inputs_kept


def tilted(values, lam):
    values -= values.mean()
    return torch.softmax(lam * values, dim=0)


def maximum_entropy(values, mean):
    if not values.min() < mean < values.max():
        raise ValueError
    bound, mine = 1.0, values.clone()
    while not (torch.softmax(-bound * mine, dim=0) * mine).sum() <= mean <= (torch.softmax(bound * mine, dim=0) * mine).sum():
        bound *= 2
    low, high = -bound, bound
    for _ in range(100):
        lam = (low + high) / 2
        low, high = (lam, high) if (torch.softmax(lam * mine, dim=0) * mine).sum() < mean else (low, lam)
    return lam, tilted(values, lam)
