"""Every narrower proposal is called infinite."""
# fails: widths_and_dimensions


def second_moment(sigma, d):
    return math.inf if sigma < 1 else (sigma**2 / math.sqrt(2 * sigma**2 - 1)) ** d
