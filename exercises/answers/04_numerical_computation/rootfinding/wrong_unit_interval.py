"""Integrals over [0, 1], whatever the ends."""
# fails: trapezoids, parabolas


def trapezoid(f, a, b, n):
    if n < 1:
        raise ValueError
    y = f(torch.linspace(a, b, n + 1, dtype=torch.float64))
    return 1 / n * (y.sum() - (y[0] + y[-1]) / 2)


def simpson(f, a, b, n):
    if n < 1 or n % 2:
        raise ValueError
    y = f(torch.linspace(a, b, n + 1, dtype=torch.float64))
    return 1 / n / 3 * (y[0] + 4 * y[1::2].sum() + 2 * y[2:-1:2].sum() + y[-1])
