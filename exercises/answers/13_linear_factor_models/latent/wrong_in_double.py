"""Everything is made double."""
# fails: nothing_observed

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    return plain_conditional(mean.double(), cov.double(), index, value.double())
