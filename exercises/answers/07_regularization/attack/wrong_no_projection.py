"""No ball."""
# fails: step_longer_than_the_ball, ball_around_the_original, projected_each_time, another_start, range_of_the_inputs


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    return pgd(loss, x, math.inf, step, steps, low, high, start)
