"""d times the moment of one dimension."""
# fails: widths_and_dimensions


def second_moment(sigma, d):
    return math.inf if 2 * sigma**2 <= 1 else d * sigma**2 / math.sqrt(2 * sigma**2 - 1)
