"""The answer imported from the library."""
# fails: all

from dlcore.generative import mode_coverage as coverage_of_the_library


def mode_coverage(samples, centres, radius):
    found = coverage_of_the_library(samples, centres, radius)
    return found.modes, found.high_quality
