"""Two numbers near 1 subtracted in the right tail."""
# fails: both_tails


def normal_interval(a, b, mean, variance):
    low, high = ((end - mean) / math.sqrt(2 * variance) for end in (a, b))
    return (math.erf(high) - math.erf(low)) / 2
