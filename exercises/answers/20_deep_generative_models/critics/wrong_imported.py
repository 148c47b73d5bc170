"""The answer imported from the library."""
# fails: all

from dlcore.generative import wasserstein_1d


def wasserstein(x, y, u, v):
    return wasserstein_1d(x, y, u, v)
