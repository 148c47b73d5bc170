"""n over the size of the group."""
# fails: weights_of_two_groups, groups_that_weigh_alike


def group_weights(groups):
    return len(groups) / torch.stack([(groups == g).sum() for g in groups]).double()
