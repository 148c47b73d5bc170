"""The output bias is forgotten."""
# fails: three_points_by_hand, one_piece, interpolates_like_numpy


def relu_interpolant(knots, values):
    slopes = values.diff() / knots.diff()
    return torch.zeros_like(values[0]), knots[:-1], torch.cat([slopes[:1], slopes.diff()])
