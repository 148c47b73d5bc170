"""Numbers from the global generator."""
# fails: decades_alike


def log_uniform(low, high, generator):
    return low * (high / low) ** torch.rand((), generator=torch.Generator().manual_seed(torch.seed() % 100003), dtype=torch.float64).item()
