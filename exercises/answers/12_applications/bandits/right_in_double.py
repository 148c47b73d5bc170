"""Upper bounds in float64."""


def ucb(wins, pulls, c=2.0):
    n = pulls.double()
    return torch.where(n > 0, wins / n + torch.sqrt(c * n.sum().log() / n), math.inf)
