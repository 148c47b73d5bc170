"""ln sigma once instead of once for each feature."""
# fails: densities_of_torch


def gaussian_nll(mean, X, sigma):
    d = X.shape[1]
    return ((X - mean) ** 2).sum(dim=1) / (2 * sigma**2) + math.log(sigma) + d * math.log(2 * math.pi) / 2
