"""The shares of the classes forgotten."""
# fails: halfway, posterior_matches_torch


def log_posterior(X, log_prior, mean, var):
    joint = -((X[:, None] - mean).square() / (2 * var) + var.log() / 2).sum(dim=2)
    return joint - joint.logsumexp(dim=1, keepdim=True)
