"""Folds of equal size; the rest is in none."""
# fails: five_in_two, every_index_once


def k_folds(n, k, generator):
    if not 2 <= k <= n:
        raise ValueError("k does not fit")
    order = torch.randperm(n, generator=generator)
    return [order[i * (n // k) : (i + 1) * (n // k)] for i in range(k)]


def stratified_folds(y, k, generator):
    order = torch.randperm(len(y), generator=generator)
    order = order[y[order].argsort(stable=True)]
    return [order[i::k] for i in range(k)]
