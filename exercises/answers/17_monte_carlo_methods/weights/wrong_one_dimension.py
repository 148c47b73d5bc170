"""The dimension is ignored."""
# fails: widths_and_dimensions

in_dimensions = second_moment


def second_moment(sigma, d):
    return in_dimensions(sigma, 1)
