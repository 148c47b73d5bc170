"""Slopes that differ by rounding are counted as different."""
# fails: rounding_is_no_kink


def count_pieces(x, y, tol=1e-6):
    return 1 + int(((y.diff() / x.diff()).diff() != 0).sum())
