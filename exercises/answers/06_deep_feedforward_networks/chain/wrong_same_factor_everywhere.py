"""The derivative at the input, to the power of the depth."""
# fails: ten_sigmoids, matches_autograd


def gradient_through_depth(activation, derivative, x, depth):
    return derivative(torch.tensor(x, dtype=torch.float64)).item() ** depth
