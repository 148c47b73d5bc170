"""The answer imported from the library."""
# fails: all

from dlcore import factor


def elbo(X, W, mu, sigma2, V, s):
    return factor.ppca_log_likelihood(X, W, mu, sigma2)
