"""Two thousand points: half a thousandth off."""
# fails: intervals, interval_after_many_tries


def credible_interval(alpha, beta, mass=0.95):
    x = torch.linspace(0, 1, 2001, dtype=torch.float64)
    log_density = torch.xlogy(alpha - 1, x) + torch.xlogy(beta - 1, 1 - x)
    below = torch.cumulative_trapezoid(torch.exp(log_density - log_density.max()), x)
    tail = (1 - mass) / 2
    low, high = torch.searchsorted(below / below[-1], torch.tensor([tail, 1 - tail], dtype=x.dtype))
    return x[low].item(), x[high].item()
