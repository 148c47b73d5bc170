"""1 - mass left out on either side."""
# fails: interval_of_seven_of_ten, intervals, interval_after_many_tries


def credible_interval(alpha, beta, mass=0.95):
    x = torch.arange(200_001, dtype=torch.float64) / 200_000
    log_density = torch.xlogy(alpha - 1, x) + torch.xlogy(beta - 1, 1 - x)
    below = torch.cumulative_trapezoid(torch.exp(log_density - log_density.max()), x)
    low, high = torch.searchsorted(below / below[-1], torch.tensor([1 - mass, mass], dtype=x.dtype))
    return x[low].item(), x[high].item()
