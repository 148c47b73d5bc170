"""Maximum likelihood instead of the posterior's mode, for the mean and for the coin."""
# fails: slope_of_the_posterior, weak_and_strong_prior, seven_of_ten, updates_of_a_coin


def map_mean(x, variance, prior_mean, prior_variance):
    return x.mean()


def beta_update(alpha, beta, k, n):
    return k + 1, n - k + 1
