"""The standard deviation of the population."""
# fails: four_values_by_hand, intervals_of_scipy, control_as_a_line

whole_estimate = estimate


def estimate(values, level=0.95):
    mean, error, low, high = whole_estimate(values, level)
    shrink = math.sqrt((len(values) - 1) / len(values))
    return mean, error * shrink, mean + (low - mean) * shrink, mean + (high - mean) * shrink
