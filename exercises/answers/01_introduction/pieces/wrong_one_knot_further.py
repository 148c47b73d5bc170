"""Every unit bends at the end of its piece."""
# fails: three_points_by_hand, one_piece, from_zero, interpolates_like_numpy


def relu_interpolant(knots, values):
    slopes = values.diff() / knots.diff()
    return values[0], knots[1:], torch.cat([slopes[:1], slopes.diff()])
