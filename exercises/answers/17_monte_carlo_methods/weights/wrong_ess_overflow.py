"""Squares of exponentials."""
# fails: worth_of_weights


def weight_ess(log_w):
    w = log_w.exp()
    return w.sum() ** 2 / (w**2).sum()
