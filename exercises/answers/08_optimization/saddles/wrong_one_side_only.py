"""Escapes to the left are not seen."""
# fails: escape_in_closed_form, escape_by_noise


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v = x0, torch.zeros_like(x0)
    for t, xi in enumerate(noise):
        if x[0] > radius:
            return t
        v = beta * v - lr * (slope(x) + xi)
        x = x + v
    return len(noise) if x[0] > radius else None
