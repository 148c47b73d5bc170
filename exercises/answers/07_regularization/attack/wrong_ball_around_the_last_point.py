"""The ball around the point before, which moves along."""
# fails: ball_around_the_original, another_start, range_of_the_inputs, projected_each_time


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    z = pgd(loss, x, eps, step, 0, low, high, start)
    for _ in range(steps):
        z = pgd(loss, z, eps, step, 1, low, high)
    return z
