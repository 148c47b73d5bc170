"""The derivatives are added up."""
# fails: ten_sigmoids, matches_autograd, rectifier_passes_or_blocks


def gradient_through_depth(activation, derivative, x, depth):
    z, gradient = torch.tensor(x, dtype=torch.float64), 0.0
    for _ in range(depth):
        gradient = gradient + derivative(z)
        z = activation(z)
    return float(gradient)
