"""Divided by n instead of its root."""
# fails: four_values_by_hand, intervals_of_scipy, control_as_a_line

whole_estimate = estimate


def estimate(values, level=0.95):
    mean, error, low, high = whole_estimate(values, level)
    root = math.sqrt(len(values))
    return mean, error / root, mean + (low - mean) / root, mean + (high - mean) / root
