"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import bernoulli_nll, gaussian_nll

flow, root = flow_log_likelihood, best_sigma


def best_sigma(mean, X):
    bernoulli_nll(X, X)
    return root(mean, X)


def flow_log_likelihood(X, A, b):
    bernoulli_nll(X, X)
    return flow(X, A, b)
