"""Only the part that depends on x."""
# fails: peak_and_one_sigma, normal_with_any_variance, normal_far_out, bad_variance


def normal_log_prob(x, mean, variance):
    return -0.5 * (x - mean).square() / variance
