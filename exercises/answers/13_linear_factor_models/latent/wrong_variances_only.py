"""Correlations of the observed coordinates are ignored."""
# fails: conditional_by_precision

plain_conditional = gaussian_conditional


def gaussian_conditional(mean, cov, index, value):
    cov = cov.clone()
    for i in index:
        for j in index:
            if i != j:
                cov[i, j] = 0
    return plain_conditional(mean, cov, index, value)
