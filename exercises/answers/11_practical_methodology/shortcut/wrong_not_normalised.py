"""Inverse counts, whose mean is not 1."""
# fails: weights_of_two_groups, groups_that_weigh_alike


def group_weights(groups):
    return 1 / torch.stack([(groups == g).sum() for g in groups]).double()
