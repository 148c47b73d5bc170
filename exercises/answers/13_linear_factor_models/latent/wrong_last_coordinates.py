"""Observed are always the last coordinates."""
# fails: conditional_by_precision

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    d = len(mean)
    return plain_conditional(mean, cov, list(range(d - len(index), d)), value)
