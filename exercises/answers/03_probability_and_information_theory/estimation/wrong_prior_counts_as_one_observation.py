"""The prior mean averaged in like one more observation, whatever its variance."""
# fails: slope_of_the_posterior, weak_and_strong_prior


def map_mean(x, variance, prior_mean, prior_variance):
    return (x.sum() + prior_mean) / (len(x) + 1)
