"""The bound has the same width for all arms."""
# fails: bounds_by_hand, bounds_of_many_arms, rarely_pulled_arms


def ucb(wins, pulls, c=2.0):
    bounds = wins / pulls + torch.sqrt(c * pulls.sum().log() / pulls.sum())
    return torch.where(pulls > 0, bounds, torch.full_like(bounds, math.inf))
