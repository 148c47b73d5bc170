"""The next value below."""
# fails: rounding_by_hand, rounded_as_torch_does, ties, exact_and_beyond


def round_to(x, values):
    return values[(torch.searchsorted(values, x, right=True) - 1).clamp(0, len(values) - 1)]
