"""A group's channels alone, each position for itself."""
# fails: groups_as_torch_does, the_two_extremes


def group_normalize(x, groups, gamma, beta, eps=1e-5):
    n, c = x.shape[:2]
    if c % groups:
        raise ValueError("groups of unequal size")
    x_hat = normalize(x.reshape(n, groups, c // groups, *x.shape[2:]), [2], eps).reshape(x.shape)
    shape = [-1] + [1] * (x.ndim - 2)
    return gamma.reshape(shape) * x_hat + beta.reshape(shape)
