"""Densities multiplied."""
# fails: many_features


def log_posterior(X, log_prior, mean, var):
    densities = (-(X[:, None] - mean).square() / (2 * var)).exp() / (2 * math.pi * var).sqrt()
    joint = densities.prod(dim=2) * log_prior.exp()
    return (joint / joint.sum(dim=1, keepdim=True)).log()
