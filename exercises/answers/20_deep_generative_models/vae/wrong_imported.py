"""The answer imported from the library."""
# fails: all

from dlcore.generative import discrete_correlation_terms


def divergence_parts(factors, priors):
    parts = discrete_correlation_terms(factors, priors)
    return parts.information, parts.correlation, parts.dimensions
