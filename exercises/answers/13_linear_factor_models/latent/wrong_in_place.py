"""The covariance of the caller is overwritten."""
# fails: conditional_by_precision

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    result = plain_conditional(mean, cov, index, value)
    if index:
        cov[index] = 0
    return result
