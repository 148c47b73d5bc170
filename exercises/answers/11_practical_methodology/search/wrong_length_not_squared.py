"""The length in place of its square."""
# fails: one_observation_by_hand, posterior_by_precision

plain = gp_posterior


def gp_posterior(X, y, new, length, noise):
    return plain(X, y, new, length**0.5, noise)
