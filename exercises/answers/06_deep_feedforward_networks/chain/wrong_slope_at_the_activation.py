"""Each derivative is taken after the activation, one layer too late."""
# fails: ten_sigmoids, a_single_layer, matches_autograd


def gradient_through_depth(activation, derivative, x, depth):
    z, gradient = torch.tensor(x, dtype=torch.float64), 1.0
    for _ in range(depth):
        z = activation(z)
        gradient = gradient * derivative(z)
    return float(gradient)
