"""n points instead of n intervals."""
# fails: bell_on_the_unit_interval, trapezoids, parabolas


def trapezoid(f, a, b, n):
    if n < 1:
        raise ValueError
    y = f(torch.linspace(a, b, n, dtype=torch.float64))
    return (b - a) / max(n - 1, 1) * (y.sum() - (y[0] + y[-1]) / 2)


def simpson(f, a, b, n):
    if n < 1 or n % 2:
        raise ValueError
    y = f(torch.linspace(a, b, n + 1, dtype=torch.float64))
    return (b - a) / (n + 1) / 3 * (y[0] + 4 * y[1::2].sum() + 2 * y[2:-1:2].sum() + y[-1])
