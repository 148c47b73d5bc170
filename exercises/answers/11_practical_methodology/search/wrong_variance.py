"""The variance for the deviation."""
# fails: one_observation_by_hand, posterior_by_precision

plain = gp_posterior


def gp_posterior(X, y, new, length, noise):
    mean, deviation = plain(X, y, new, length, noise)
    return mean, deviation**2
