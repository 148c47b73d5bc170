"""The textbook formula as it stands."""
# fails: huge_and_tiny_entries


def lp_norm(x, p):
    if p < 1:
        raise ValueError
    return x.abs().max() if p == math.inf else x.abs().pow(p).sum().pow(1 / p)
