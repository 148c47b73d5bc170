"""The number given is taken for the variance."""
# fails: densities_of_torch

plain = gaussian_nll


def gaussian_nll(mean, X, sigma):
    return plain(mean, X, math.sqrt(sigma))
