"""4 / eps, which is right for tiny epsilon only."""
# fails: twins_far_apart, twins_very_close


def kappa_of_twins(eps):
    return 4 / eps
