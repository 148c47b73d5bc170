"""Arms that were never pulled count as bad."""
# fails: bounds_of_many_arms, explored_shares, regret_below_random

_bounds = ucb


def ucb(wins, pulls, c=2.0):
    return torch.where(pulls > 0, _bounds(wins, pulls, c), torch.zeros(len(pulls)))
