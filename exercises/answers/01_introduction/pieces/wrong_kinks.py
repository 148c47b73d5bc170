"""The kinks, one fewer than the pieces."""
# fails: one_tent, two_to_the_power_k, slopes_of_one_sign, rounding_is_no_kink


def count_pieces(x, y, tol=1e-6):
    return int(((y.diff() / x.diff()).diff().abs() > tol).sum())
