"""The observed value isn't centred."""
# fails: conditional_by_hand, conditional_by_precision

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    return plain_conditional(mean, cov, index, value + mean[index])
