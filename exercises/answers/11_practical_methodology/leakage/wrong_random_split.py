"""Examples are drawn, not groups."""
# fails: no_group_on_both_sides


def group_split(groups, fraction, generator):
    order = torch.randperm(len(groups), generator=generator)
    count = math.ceil(fraction * len(groups))
    return order[count:], order[:count]
