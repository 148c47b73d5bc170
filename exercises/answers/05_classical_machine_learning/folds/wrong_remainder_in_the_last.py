"""The rest in the last fold."""
# fails: every_index_once


def k_folds(n, k, generator):
    if not 2 <= k <= n:
        raise ValueError("k does not fit")
    order = torch.randperm(n, generator=generator)
    cuts = [i * (n // k) for i in range(k)] + [n]
    return [order[a:b] for a, b in zip(cuts, cuts[1:])]
