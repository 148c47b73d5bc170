"""Divided by n - 1."""
# fails: four_numbers, likeliest_normal, variance_far_from_zero


def gaussian_mle(x):
    mean = x.mean()
    return mean, (x - mean).square().sum() / (len(x) - 1)
