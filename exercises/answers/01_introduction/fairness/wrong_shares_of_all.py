"""Shares of all people instead of shares of the group."""
# fails: four_people, three_groups, whichever_comes_first


def parity_difference(predicted, group):
    shares = [(predicted * (group == g)).double().mean().item() for g in group.unique()]
    return max(shares) - min(shares)
