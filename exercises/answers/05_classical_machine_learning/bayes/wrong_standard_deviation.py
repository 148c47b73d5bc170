"""The variance taken for a standard deviation."""
# fails: posterior_matches_torch, many_features


def log_posterior(X, log_prior, mean, var):
    joint = log_prior - ((X[:, None] - mean).square() / (2 * var**2) + var.log()).sum(dim=2)
    return joint - joint.logsumexp(dim=1, keepdim=True)
