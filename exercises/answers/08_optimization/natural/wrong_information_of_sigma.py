"""The Fisher information of the logarithm taken to be 1."""
# fails: gaussian_by_quadrature


def gaussian_step(x, mu, log_sigma, lr):
    spread = (x - mu).square().mean().item() * math.exp(-2 * log_sigma)
    return mu + lr * (x.mean().item() - mu), log_sigma + lr * (spread - 1)
