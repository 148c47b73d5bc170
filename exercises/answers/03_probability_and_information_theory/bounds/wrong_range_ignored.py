"""Values between 0 and 1, whatever the range."""
# fails: hoeffding_bound, smallest_sample


def hoeffding(n, t, low, high):
    return min(1.0, 2 * math.exp(-2 * n * t**2))


def sample_size(t, delta, low, high):
    return math.ceil(math.log(2 / delta) / (2 * t**2))
