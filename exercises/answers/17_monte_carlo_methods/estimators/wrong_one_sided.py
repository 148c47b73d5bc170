"""The quantile of the level itself."""
# fails: four_values_by_hand, intervals_of_scipy

whole_estimate = estimate


def estimate(values, level=0.95):
    return whole_estimate(values, 2 * level - 1)
