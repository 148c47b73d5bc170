"""One cost over the other."""
# fails: threshold_from_costs


def bayes_threshold(c_fp, c_fn):
    return c_fp / c_fn
