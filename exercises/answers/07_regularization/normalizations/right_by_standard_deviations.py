"""Moments by var_mean, rows of groups by unflatten, the root mean square by a norm."""


def normalize(x, dims, eps=1e-5):
    var, mean = torch.var_mean(x, dim=dims, correction=0, keepdim=True)
    return (x - mean) * (var + eps) ** -0.5


def layer_normalize(x, gamma, beta, eps=1e-5):
    rows = x.reshape(-1, gamma.numel())
    return (normalize(rows, [1], eps) * gamma.flatten() + beta.flatten()).reshape(x.shape)


def group_normalize(x, groups, gamma, beta, eps=1e-5):
    if x.shape[1] % groups != 0 or groups > x.shape[1]:
        raise ValueError("groups of unequal size")
    parts = [normalize(part, list(range(1, x.ndim)), eps) for part in x.chunk(groups, dim=1)]
    wide = (1, -1) + (1,) * (x.ndim - 2)
    return torch.cat(parts, dim=1) * gamma.view(wide) + beta.view(wide)


def rms_normalize(x, gamma, eps=1e-5):
    mean_square = (x * x).sum(dim=-1, keepdim=True) / x.shape[-1]
    return x * (mean_square + eps).rsqrt() * gamma
