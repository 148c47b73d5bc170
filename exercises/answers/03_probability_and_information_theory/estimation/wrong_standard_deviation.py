"""The root of the variance, in float64."""
# fails: four_numbers, likeliest_normal, variance_far_from_zero, dtype_and_inputs_kept


def gaussian_mle(x):
    mean = x.double().mean()
    return mean, (x.double() - mean).square().mean().sqrt()
