"""Always the groups with the smallest numbers."""
# fails: groups_at_random


def group_split(groups, fraction, generator):
    held = torch.zeros(len(groups), dtype=torch.bool)
    for name in groups.unique():
        if held.sum() < fraction * len(groups):
            held |= groups == name
    return torch.where(~held)[0], torch.where(held)[0]
