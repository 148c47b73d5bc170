"""Compared at the numbers of the first sample only."""
# fails: distances_of_scipy


def ks_statistic(a, b):
    F, G = ((s <= a[:, None]).double().mean(1) for s in (a, b))
    return (F - G).abs().max().item()
