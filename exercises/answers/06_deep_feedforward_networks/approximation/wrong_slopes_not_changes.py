"""The slopes themselves as output weights."""
# fails: three_points, starts_at_zero, passes_through_all_points


def relu_interpolant(knots, values):
    return values.diff() / knots.diff(), values[0]
