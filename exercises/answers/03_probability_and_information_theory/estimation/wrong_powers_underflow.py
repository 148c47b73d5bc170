"""The density by powers."""
# fails: interval_after_many_tries


def credible_interval(alpha, beta, mass=0.95):
    x = torch.arange(200_001, dtype=torch.float64) / 200_000
    below = torch.cumulative_trapezoid(x ** (alpha - 1) * (1 - x) ** (beta - 1), x)
    tail = (1 - mass) / 2
    low, high = torch.searchsorted(below / below[-1], torch.tensor([tail, 1 - tail], dtype=x.dtype))
    return x[min(low, 200_000)].item(), x[min(high, 200_000)].item()
