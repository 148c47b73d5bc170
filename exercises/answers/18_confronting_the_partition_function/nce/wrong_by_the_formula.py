"""The variance that theory gives for large n, without a simulation."""
# fails: variance_falls_to_that_of_likelihood


def nce_variance(n, k, sigma, runs, generator):
    x = torch.linspace(-12, 12, 20001, dtype=torch.float64)
    p, q = (torch.exp(-((x / s) ** 2) / 2) / s / math.sqrt(2 * math.pi) for s in (1.0, sigma))
    mass = p * k * q / (p + k * q) * (x[1] - x[0])
    features = torch.stack([-(x**2) / 2, torch.ones_like(x)])
    inverse = torch.linalg.inv(features * mass @ features.T)
    return (inverse - (1 + 1 / k) * torch.outer(*2 * [inverse @ (features @ mass)]))[0, 0].item()
