"""The level is ignored."""
# fails: intervals_of_scipy

whole_estimate = estimate


def estimate(values, level=0.95):
    return whole_estimate(values)
