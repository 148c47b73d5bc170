"""Halfway away from the smaller number."""
# fails: rounding_by_hand, ties, exact_and_beyond


def round_to(x, values):
    above = torch.searchsorted(values, x).clamp(1, len(values) - 1)
    return torch.where(values[above] - x <= x - values[above - 1], values[above], values[above - 1])
