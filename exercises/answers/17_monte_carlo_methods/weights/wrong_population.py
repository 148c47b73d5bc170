"""The standard deviation of the population."""
# fails: two_weights_by_hand, plain_estimates


def importance(f, log_w):
    values = f * log_w.exp()
    return values.mean(), values.std(unbiased=False) / math.sqrt(len(values))
