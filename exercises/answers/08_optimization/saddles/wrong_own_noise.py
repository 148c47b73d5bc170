"""Noise drawn anew, of the size of the noise given."""
# fails: escape_by_noise


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v = x0, torch.zeros_like(x0)
    size = noise.std()
    for t in range(len(noise)):
        if x[0].abs() > radius:
            return t
        v = beta * v - lr * (slope(x) + 3 * size * torch.randn_like(x))
        x = x + v
    return len(noise) if x[0].abs() > radius else None
