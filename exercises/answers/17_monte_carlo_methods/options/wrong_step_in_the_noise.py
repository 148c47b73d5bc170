"""The noise grows with the step, not with its root."""
# fails: moments_of_paths, arithmetic_calls, errors_of_calls


def price_paths(S, r, sigma, T, m, n, generator):
    z = torch.randn(n, m, generator=generator, dtype=torch.float64)
    return S * ((r - sigma**2 / 2) * T / m + sigma * T / m * z).cumsum(dim=1).exp()
