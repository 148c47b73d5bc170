"""0 log 0 is nan."""
# fails: impossible_outcomes


def entropy(p, base=2):
    if (p < 0).any() or abs(p.sum() - 1) > 1e-6:
        raise ValueError
    return -(p * p.log()).sum() / math.log(base)
