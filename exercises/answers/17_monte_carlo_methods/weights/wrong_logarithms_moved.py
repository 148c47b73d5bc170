"""The largest logarithm is subtracted in place."""
# fails: weights_known_but_for_a_constant


def self_normalized(f, log_w):
    log_w -= log_w.max()
    w = log_w.exp() / log_w.exp().sum()
    mean = w @ f
    return mean, (w * (f - mean)).norm()
