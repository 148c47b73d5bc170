"""The ball around the start."""
# fails: another_start


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    return pgd(loss, x if start is None else start, eps, step, steps, low, high)
