"""Sign changes of the value around one half."""
# fails: slopes_of_one_sign, rounding_is_no_kink


def count_pieces(x, y, tol=1e-6):
    above = (y - 0.5 > 0).to(y.dtype)
    return int((above.diff() != 0).sum())
