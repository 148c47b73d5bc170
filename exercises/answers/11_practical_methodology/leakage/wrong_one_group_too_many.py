"""Stops only when more than the fraction is held out."""
# fails: no_group_on_both_sides


def group_split(groups, fraction, generator):
    names, held = groups.unique(), torch.zeros(len(groups), dtype=torch.bool)
    for i in torch.randperm(len(names), generator=generator):
        if held.sum() <= fraction * len(groups):
            held |= groups == names[i]
    return torch.where(~held)[0], torch.where(held)[0]
