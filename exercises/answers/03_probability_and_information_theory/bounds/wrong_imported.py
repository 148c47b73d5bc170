"""The answer imported from the library."""
# fails: all

from dlcore.probability import markov_bound


def markov(mean, a):
    return markov_bound(mean, a)
