"""The mean accuracy of the groups."""
# fails: weights_of_two_groups, groups_that_weigh_alike


def worst_group(right, groups):
    return sum(right[groups == g].double().mean().item() for g in groups.unique()) / len(groups.unique())
