"""The variance in front of the exponential forgotten."""
# fails: posterior_matches_torch


def log_posterior(X, log_prior, mean, var):
    joint = log_prior - ((X[:, None] - mean).square() / (2 * var)).sum(dim=2)
    return joint - joint.logsumexp(dim=1, keepdim=True)
