"""Weights by standard deviations instead of variances."""
# fails: slope_of_the_posterior


def map_mean(x, variance, prior_mean, prior_variance):
    precision = len(x) / variance**0.5 + 1 / prior_variance**0.5
    return (x.sum() / variance**0.5 + prior_mean / prior_variance**0.5) / precision
