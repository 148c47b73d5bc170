"""The stumps added in full."""
# fails: one_round_by_hand, new_values


def boosted(x, start, stumps, nu):
    return start + sum((stump_values(x, s) for s in stumps), torch.zeros_like(x))
