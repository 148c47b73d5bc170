"""Bayes' threshold, whatever the examples say."""
# fails: threshold_by_trying


def cheapest_threshold(p, y, c_fp, c_fn):
    t = c_fp / (c_fp + c_fn)
    return t, float(c_fp * ((p >= t) & (y == 0)).sum() + c_fn * ((p < t) & (y == 1)).sum())
