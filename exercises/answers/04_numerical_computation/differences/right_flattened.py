"""Central differences as the mean of the one-sided ones, elements of a flat copy."""


def forward_difference(f, x, h):
    return -backward_difference(f, x + h, h) * -1


def backward_difference(f, x, h):
    return (f(x - h) - f(x)) / -h


def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / h / 2


def numerical_gradient(f, x, h=1e-5):
    flat, parts = x.flatten(), []
    for i in range(len(flat)):
        high, low = flat.clone(), flat.clone()
        high[i] += h
        low[i] -= h
        parts.append((float(f(high.reshape(x.shape))) - float(f(low.reshape(x.shape)))) / (2 * h))
    return torch.tensor(parts, dtype=x.dtype).reshape(x.shape)


def gradient_agrees(f, g, x, tol=1e-6):
    n = numerical_gradient(f, x)
    if not g.any() and not n.any():
        return True
    return float((g - n).norm() / (g.norm() + n.norm())) <= tol
