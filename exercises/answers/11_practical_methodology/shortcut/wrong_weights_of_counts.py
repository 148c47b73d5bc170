"""Large groups weigh more."""
# fails: weights_of_two_groups, groups_that_weigh_alike, no_shortcut_taken


def group_weights(groups):
    counts = torch.stack([(groups == g).sum() for g in groups]).double()
    return counts / counts.mean()
