"""log_w is changed in place."""
# fails: worth_of_weights


def weight_ess(log_w):
    log_w -= log_w.max()
    w = log_w.exp()
    return w.sum() ** 2 / (w**2).sum()
