"""Half of the band: the mean is taken for the lower end."""
# fails: one_sigma_and_others, both_tails


def normal_interval(a, b, mean, variance):
    return math.erf((b - mean) / math.sqrt(2 * variance)) / 2
