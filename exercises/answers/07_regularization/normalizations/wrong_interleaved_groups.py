"""Every groups-th channel in one group."""
# fails: groups_by_hand, groups_as_torch_does


def group_normalize(x, groups, gamma, beta, eps=1e-5, group_normalize=group_normalize):
    n, c = x.shape[:2]
    if c % groups:
        raise ValueError("groups of unequal size")
    order = torch.arange(c).reshape(c // groups, groups).T.flatten()
    y = torch.empty_like(x)
    y[:, order] = group_normalize(x[:, order], groups, gamma[order], beta[order], eps)
    return y
