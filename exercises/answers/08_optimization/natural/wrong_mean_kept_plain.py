"""The mean moved by the plain gradient."""
# fails: gaussian_by_quadrature


def gaussian_step(x, mu, log_sigma, lr):
    precision = math.exp(-2 * log_sigma)
    spread = (x - mu).square().mean().item() * precision
    return mu + lr * (x.mean().item() - mu) * precision, log_sigma + lr * (spread - 1) / 2
