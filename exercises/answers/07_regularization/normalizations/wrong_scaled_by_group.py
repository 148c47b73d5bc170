"""The first gamma and beta of a group for all of its channels."""
# fails: groups_as_torch_does


def group_normalize(x, groups, gamma, beta, eps=1e-5, group_normalize=group_normalize):
    first = torch.arange(len(gamma)) // max(len(gamma) // groups, 1) * max(len(gamma) // groups, 1)
    return group_normalize(x, groups, gamma[first], beta[first], eps)
