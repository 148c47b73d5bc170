"""All knots taken to be one apart, and slopes compared as differences of values."""
# fails: one_piece, from_zero, interpolates_like_numpy, slopes_of_one_sign


def relu_interpolant(knots, values):
    slopes = values.diff()
    return values[0], knots[:-1], torch.cat([slopes[:1], slopes.diff()])


def count_pieces(x, y, tol=1e-6):
    return 1 + int((y.diff().diff().abs() > tol).sum())
