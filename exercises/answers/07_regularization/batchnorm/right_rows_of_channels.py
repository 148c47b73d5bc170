"""Channels moved to the front and flattened; the gradient by the chain rule through mean and variance."""


def rows(x):
    return x.movedim(1, 0).reshape(x.shape[1], -1)


def back(values, x):
    return values.reshape([x.shape[1], x.shape[0], *x.shape[2:]]).movedim(0, 1)


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    values = rows(x)
    if training:
        var, mean = torch.var_mean(values, dim=1, correction=0)
        running_mean = running_mean.lerp(mean, momentum)
        running_var = running_var.lerp(values.var(dim=1), momentum)
    else:
        mean, var = running_mean, running_var
    scale = gamma * (var + eps).rsqrt()
    y = scale[:, None] * values + (beta - scale * mean)[:, None]
    return back(y, x), running_mean, running_var


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    g, values = rows(dy), rows(x)
    n = values.shape[1]
    centred = values - values.mean(dim=1, keepdim=True)
    s = ((centred**2).mean(dim=1, keepdim=True) + eps) ** -0.5
    d_hat = g * gamma[:, None]
    d_var = (d_hat * centred).sum(dim=1, keepdim=True) * -0.5 * s**3
    d_mean = -(d_hat * s).sum(dim=1, keepdim=True)
    dx = d_hat * s + d_var * 2 * centred / n + d_mean / n
    return back(dx, x), (g * centred * s).sum(dim=1), g.sum(dim=1)
