"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def autocorrelation(x, lags):
    return library.autocorrelation(x)[: lags + 1]


def effective_size(x):
    return library.effective_sample_size(x)


def mean_error(x):
    return x.std() / library.effective_sample_size(x) ** 0.5


def rhat(x):
    return library.rhat(x)


def split_rhat(x):
    return library.rhat(x)
