"""The spread of the data about their own mean."""
# fails: gaussian_by_quadrature


def gaussian_step(x, mu, log_sigma, lr):
    spread = x.var(unbiased=False).item() * math.exp(-2 * log_sigma)
    return mu + lr * (x.mean().item() - mu), log_sigma + lr * (spread - 1) / 2
