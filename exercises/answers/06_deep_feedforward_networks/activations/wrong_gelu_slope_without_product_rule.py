"""Only the first term of the product rule."""
# fails: slopes_by_hand, gelu_matches_torch


def gelu_derivative(z):
    return 0.5 * (1 + torch.erf(z / math.sqrt(2)))
