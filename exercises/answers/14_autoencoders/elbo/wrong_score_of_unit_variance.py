"""The score without the variance."""
# fails: two_estimates_of_a_gradient


def gradient_samples(f, slope, mu, sigma, n, generator):
    z = mu + sigma * torch.randn(n, generator=generator, dtype=torch.float64)
    return slope(z), f(z) * (z - mu)
