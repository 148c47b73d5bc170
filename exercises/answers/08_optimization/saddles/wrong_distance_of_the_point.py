"""The length of x in the place of its first coordinate."""
# fails: slow_escape, escape_in_closed_form, escape_with_momentum, last_step_and_start_kept


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v = x0, torch.zeros_like(x0)
    for t, xi in enumerate(noise):
        if x.norm() > radius:
            return t
        v = beta * v - lr * (slope(x) + xi)
        x = x + v
    return len(noise) if x.norm() > radius else None
