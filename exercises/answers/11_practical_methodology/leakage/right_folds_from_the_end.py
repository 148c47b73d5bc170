"""Population variance by moments; groups one after the other in a random order; blocks counted from the end."""


def standardize(train, other):
    moments = train.mean(0), (train * train).mean(0)
    variance = (moments[1] - moments[0] ** 2).clamp(min=0)
    flat = (train == train[0]).all(0)
    scale = torch.where(flat, 1.0, variance).rsqrt().to(train.dtype)
    return (train - moments[0]) * scale, (other - moments[0]) * scale


def group_split(groups, fraction, generator):
    keys = torch.rand(len(groups.unique()), generator=generator)
    names = groups.unique()[keys.argsort()]
    sizes = torch.stack([(groups == g).sum() for g in names]).cumsum(0)
    needed = int((sizes < fraction * len(groups)).sum()) + 1
    held = (groups[:, None] == names[:needed]).any(1)
    return torch.arange(len(groups))[~held], torch.arange(len(groups))[held]


def time_folds(times, k):
    order = torch.sort(times).indices
    *blocks, _ = torch.tensor_split(order, [len(order) - j * (len(order) // (k + 1)) for j in range(k, -1, -1)])
    return [(torch.cat(blocks[:i]), blocks[i]) for i in range(1, k + 1)]
