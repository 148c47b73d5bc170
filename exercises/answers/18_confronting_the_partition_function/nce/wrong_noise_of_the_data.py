"""The noise is drawn like the data."""
# fails: variance_falls_to_that_of_likelihood

def nce_variance(n, k, sigma, runs, generator):
    x = torch.randn(runs, n, generator=generator, dtype=torch.float64)
    y = torch.randn(runs, k * n, generator=generator, dtype=torch.float64)
    return n * fit_gaussian(x, y, sigma)[0].var().item()
