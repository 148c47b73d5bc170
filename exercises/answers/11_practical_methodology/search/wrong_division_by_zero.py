"""No care where sigma is 0."""
# fails: improvement_by_quadrature


def expected_improvement(mu, sigma, best):
    z = (best - mu) / sigma
    return (best - mu) * torch.special.ndtr(z) + sigma * torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
