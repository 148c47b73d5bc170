"""Prices of the right distribution, independent of each other."""
# fails: moments_of_paths, arithmetic_calls, errors_of_calls


def price_paths(S, r, sigma, T, m, n, generator):
    z = torch.randn(n, m, generator=generator, dtype=torch.float64)
    t = (torch.arange(m) + 1) * T / m
    return S * ((r - sigma**2 / 2) * t + sigma * t.sqrt() * z).exp()
