"""The noise is forgotten."""
# fails: posterior_by_precision

plain = gp_posterior


def gp_posterior(X, y, new, length, noise):
    return plain(X, y, new, length, 0.0)
