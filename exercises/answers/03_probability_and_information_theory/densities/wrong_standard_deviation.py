"""The third argument taken for the standard deviation."""
# fails: peak_and_one_sigma, normal_with_any_variance, bad_variance, one_sigma_and_others, both_tails


def normal_log_prob(x, mean, variance):
    return -0.5 * ((x - mean) / variance) ** 2 - math.log(abs(variance) * math.sqrt(2 * math.pi)) if variance else x


def normal_interval(a, b, mean, variance):
    low, high = ((end - mean) / (variance * math.sqrt(2)) for end in (a, b))
    if low > 0:
        low, high = -high, -low
    return (math.erfc(-high) - math.erfc(-low)) / 2
