"""The costs in the wrong places."""
# fails: threshold_from_costs


def bayes_threshold(c_fp, c_fn):
    return c_fn / (c_fp + c_fn)
