"""Without the factor 2 of the two sides."""
# fails: size_of_a_survey, hoeffding_bound, smallest_sample


def hoeffding(n, t, low, high):
    return min(1.0, math.exp(-2 * n * t**2 / (high - low) ** 2))


def sample_size(t, delta, low, high):
    return math.ceil((high - low) ** 2 * math.log(1 / delta) / (2 * t**2))
