"""Not divided by the density of the row."""
# fails: halfway, posterior_matches_torch, many_features, copied_feature


def log_posterior(X, log_prior, mean, var):
    return log_prior - ((X[:, None] - mean).square() / (2 * var) + var.log() / 2).sum(dim=2)
