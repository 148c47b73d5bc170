"""The sample size rounded down."""
# fails: size_of_a_survey, smallest_sample


def sample_size(t, delta, low, high):
    return int((high - low) ** 2 * math.log(2 / delta) / (2 * t**2))
