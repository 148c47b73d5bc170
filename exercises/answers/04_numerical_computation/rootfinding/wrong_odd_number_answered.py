"""An odd number of intervals answered all the same."""
# fails: intervals_refused


def simpson(f, a, b, n):
    if n < 1:
        raise ValueError
    y = f(torch.linspace(a, b, n + 1, dtype=torch.float64))
    return (b - a) / n / 3 * (y[0] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum() + y[-1])
