"""The drift without half of the variance."""
# fails: moments_of_paths


def price_paths(S, r, sigma, T, m, n, generator):
    z = torch.randn(n, m, generator=generator, dtype=torch.float64)
    return S * (r * T / m + sigma * math.sqrt(T / m) * z).cumsum(dim=1).exp()
