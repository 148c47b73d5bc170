"""The slopes themselves as weights."""
# fails: three_points_by_hand, from_zero, interpolates_like_numpy


def relu_interpolant(knots, values):
    return values[0], knots[:-1], values.diff() / knots.diff()
