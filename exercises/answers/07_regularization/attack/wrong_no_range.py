"""Nothing keeps the inputs in their range."""
# fails: range_of_the_inputs, projected_each_time


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    return pgd(loss, x, eps, step, steps, -math.inf, math.inf, start)
