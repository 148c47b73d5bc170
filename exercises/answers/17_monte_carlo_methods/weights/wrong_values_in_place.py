"""The values are multiplied by their weights in place."""
# fails: plain_estimates


def importance(f, log_w):
    f *= log_w.exp()
    return f.mean(), f.std() / math.sqrt(len(f))
