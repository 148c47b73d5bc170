"""Momentum alone, without the noise."""
# fails: escape_by_noise


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v = x0, torch.zeros_like(x0)
    for t in range(len(noise)):
        if x[0].abs() > radius:
            return t
        v = beta * v - lr * slope(x)
        x = x + v
    return len(noise) if x[0].abs() > radius else None
