"""Numbers that are uniform themselves."""
# fails: decades_alike, calls_of_the_search


def log_uniform(low, high, generator):
    return low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()
