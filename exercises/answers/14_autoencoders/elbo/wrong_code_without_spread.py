"""The error of the mean code only."""
# fails: bound_of_the_example, evidence_less_the_gap


def linear_elbo(X, W, sigma2, mu, logvar):
    error = ((X - mu @ W.T) ** 2).sum(dim=1)
    return -(len(W) * math.log(2 * math.pi * sigma2) + error / sigma2) / 2 - kl_to_prior(mu, logvar)
