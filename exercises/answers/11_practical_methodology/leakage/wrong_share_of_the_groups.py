"""The fraction counts groups and is rounded down."""
# fails: no_group_on_both_sides, groups_at_random


def group_split(groups, fraction, generator):
    names = groups.unique()
    drawn = names[torch.randperm(len(names), generator=generator)[: int(fraction * len(names))]]
    held = torch.isin(groups, drawn)
    return torch.where(~held)[0], torch.where(held)[0]
