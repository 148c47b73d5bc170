"""Even places counted from the left end: right only if 0 stands at an even place."""
# fails: rounding_by_hand, ties


def round_to(x, values):
    above = torch.searchsorted(values, x).clamp(1, len(values) - 1)
    low, high = x - values[above - 1], values[above] - x
    up = (high < low) | ((high == low) & (above % 2 == 0))
    return torch.where(up, values[above], values[above - 1])
