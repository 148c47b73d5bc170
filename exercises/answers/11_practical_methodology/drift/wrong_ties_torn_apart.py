"""The sorted samples are gone through one number at a time, also where they are equal."""
# fails: distance_by_hand, distances_of_scipy


def ks_statistic(a, b):
    steps = torch.cat([torch.full((len(a),), 1 / len(a)), torch.full((len(b),), -1 / len(b))]).double()
    return steps[torch.cat([a, b]).argsort(stable=True)].cumsum(0).abs().max().item()
