"""The constant once instead of once for each feature."""
# fails: evidence_less_the_gap

plain = linear_elbo


def linear_elbo(X, W, sigma2, mu, logvar):
    return plain(X, W, sigma2, mu, logvar) + (len(W) - 1) * math.log(2 * math.pi * sigma2) / 2
