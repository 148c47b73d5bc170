"""The place after the last step not looked at; momentum as an average."""
# fails: escape_with_momentum, last_step_and_start_kept


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v = x0, torch.zeros_like(x0)
    for t, xi in enumerate(noise):
        if x[0].abs() > radius:
            return t
        v = beta * v - (1 - beta) * lr * (slope(x) + xi)
        x = x + v
    return None
