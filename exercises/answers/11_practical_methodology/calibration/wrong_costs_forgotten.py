"""The threshold with the fewest errors."""
# fails: threshold_by_trying

plain = cheapest_threshold


def cheapest_threshold(p, y, c_fp, c_fn):
    t, _ = plain(p, y, 1.0, 1.0)
    return t, float(c_fp * ((p >= t) & (y == 0)).sum() + c_fn * ((p < t) & (y == 1)).sum())
