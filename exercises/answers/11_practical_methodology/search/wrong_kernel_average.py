"""A weighted mean by the kernel."""
# fails: posterior_by_precision

plain = gp_posterior


def gp_posterior(X, y, new, length, noise):
    k = torch.exp(-(torch.cdist(new, X) ** 2) / (2 * length**2))
    return k @ y / (1 + noise), plain(X, y, new, length, noise)[1]
