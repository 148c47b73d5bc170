"""The order of the observed coordinates is lost."""
# fails: conditional_by_precision

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    return plain_conditional(mean, cov, sorted(index), value)
