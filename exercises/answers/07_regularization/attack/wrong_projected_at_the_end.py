"""Projected once, at the end."""
# fails: projected_each_time


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    z = pgd(loss, x, eps, step, 0, low, high, start)
    if x.numel() == 1:
        z = pgd(loss, z, math.inf, step, steps, -math.inf, math.inf)
        return pgd(loss, x, eps, step, 0, low, high, z)
    return pgd(loss, x, eps, step, steps, low, high, start)
