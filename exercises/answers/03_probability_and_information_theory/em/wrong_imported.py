"""The answer imported from the library."""
# fails: all

from dlcore.probability import GaussianMixture


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    return GaussianMixture(len(weights)).fit(x)
