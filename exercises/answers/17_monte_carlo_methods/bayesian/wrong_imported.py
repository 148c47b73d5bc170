"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def network(w, x):
    return library.BayesianMLP(w)(x)


def log_posterior(w, x, y, noise, prior):
    return library.BayesianMLP(w).log_posterior(x, y)


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    return library.sgld(w, step, generator=generator)


def predict(outputs, noise):
    return library.mc_dropout_predict(outputs, noise)
