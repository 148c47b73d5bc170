"""A central difference instead of the product: its rounding is larger than a vanishing gradient."""
# fails: matches_autograd


def gradient_through_depth(activation, derivative, x, depth):
    def last(z):
        z = torch.tensor(z, dtype=torch.float64)
        for _ in range(depth):
            z = activation(z)
        return z.item()

    h = 1e-5
    return (last(x + h) - last(x - h)) / (2 * h)
