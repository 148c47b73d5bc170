"""The answer imported from the library."""
# fails: all

from dlcore.applications import ThompsonSampling


def posterior(wins, pulls):
    return ThompsonSampling().posterior(wins, pulls)


def ucb(wins, pulls, c=2.0):
    return ThompsonSampling(c)
