"""No care for proposals that are too narrow."""
# fails: widths_and_dimensions


def second_moment(sigma, d):
    return (sigma**2 / math.sqrt(abs(2 * sigma**2 - 1))) ** d
