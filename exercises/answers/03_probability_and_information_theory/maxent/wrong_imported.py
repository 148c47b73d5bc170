"""The answer imported from the library."""
# fails: all

from dlcore.probability import maxent_distribution


def maximum_entropy(values, mean):
    return maxent_distribution(values, mean)
