"""The posterior counts successes only."""
# fails: beliefs_by_hand, probability_matching


def posterior(wins, pulls):
    return 1.0 + wins.double(), torch.ones_like(wins).double()
