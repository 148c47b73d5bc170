"""Every point with the weight h."""
# fails: bell_on_the_unit_interval, trapezoids


def trapezoid(f, a, b, n):
    if n < 1:
        raise ValueError
    return (b - a) / n * f(torch.linspace(a, b, n + 1, dtype=torch.float64)).sum()
