"""The correlation ignored."""
# fails: variance_of_a_mean


def average_variance(rho, sigma2, B):
    return sigma2 / B
