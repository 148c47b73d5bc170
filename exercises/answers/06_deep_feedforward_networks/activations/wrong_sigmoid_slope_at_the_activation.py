"""The derivative formula s (1 - s) applied to z itself, as if z were the activation."""
# fails: slopes_by_hand, sigmoid_matches_torch, finite_far_out


def sigmoid_derivative(z):
    return z * (1 - z)
