"""The curvature of the loss on the data, the same as the Fisher information only where the model is right."""
# fails: coin_by_hand, coin_anywhere, gap_of_second_order, gaussian_by_quadrature


def coin_step(q, p, lr, by):
    if by == "probability":
        return p - lr * (p - q) / (p * (1 - p)) / (q / p**2 + (1 - q) / (1 - p) ** 2)
    z = math.log(p / (1 - p)) - lr * (p - q) / (p * (1 - p))
    return 1 / (1 + math.exp(-z))


def gaussian_step(x, mu, log_sigma, lr):
    spread = (x - mu).square().mean().item() * math.exp(-2 * log_sigma)
    return mu + lr * (x.mean().item() - mu), log_sigma + lr * (spread - 1) / (2 * spread)
