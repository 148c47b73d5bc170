"""2 and 4 exchanged."""
# fails: bell_on_the_unit_interval, parabolas


def simpson(f, a, b, n):
    if n < 1 or n % 2:
        raise ValueError
    y = f(torch.linspace(a, b, n + 1, dtype=torch.float64))
    return (b - a) / n / 3 * (y[0] + 2 * y[1::2].sum() + 4 * y[2:-1:2].sum() + y[-1])
