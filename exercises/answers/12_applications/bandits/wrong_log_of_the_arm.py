"""The logarithm of the arm's own pulls."""
# fails: bounds_by_hand, bounds_of_many_arms


def ucb(wins, pulls, c=2.0):
    bounds = wins / pulls + torch.sqrt(c * pulls.log() / pulls)
    return torch.where(pulls > 0, bounds, torch.full_like(bounds, math.inf))
