"""Window by window, without helpers."""


def _places(x, k, stride):
    for i, top in enumerate(range(0, x.shape[2] - k + 1, stride)):
        for j, left in enumerate(range(0, x.shape[3] - k + 1, stride)):
            yield i, j, slice(top, top + k), slice(left, left + k)


def _pooled(x, k, stride, function):
    rows, columns = ((size - k) // stride + 1 for size in x.shape[2:])
    out = x.new_zeros(*x.shape[:2], rows, columns)
    for i, j, down, across in _places(x, k, stride):
        out[:, :, i, j] = function(x[:, :, down, across].flatten(2))
    return out


def max_pool2d(x, k, stride, padding=0):
    framed = x.new_full((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding), float("-inf"))
    framed[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    return _pooled(framed, k, stride, lambda v: v.max(dim=2).values)


def avg_pool2d(x, k, stride):
    return _pooled(x, k, stride, lambda v: v.sum(dim=2) / (k * k))


def lp_pool2d(x, k, stride, p):
    return _pooled(x, k, stride, lambda v: torch.linalg.vector_norm(v, p, dim=2))


def max_pool2d_backward(grad, x, k, stride):
    out = torch.zeros_like(x)
    for i, j, down, across in _places(x, k, stride):
        v = x[:, :, down, across].flatten(2)
        hot = torch.zeros_like(v).scatter_(2, v.argmax(dim=2, keepdim=True), 1.0)
        out[:, :, down, across] += (hot * grad[:, :, i, j, None]).unflatten(2, (k, k))
    return out


def avg_pool2d_backward(grad, x, k, stride):
    out = torch.zeros_like(x)
    for i, j, down, across in _places(x, k, stride):
        out[:, :, down, across] += grad[:, :, i, j, None, None] / (k * k)
    return out


def lp_pool2d_backward(grad, x, k, stride, p):
    out, norms = torch.zeros_like(x), lp_pool2d(x, k, stride, p)
    for i, j, down, across in _places(x, k, stride):
        v, norm = x[:, :, down, across], norms[:, :, i, j, None, None]
        slope = torch.where(norm == 0, 0, v.sign() * (v.abs() / norm.clamp(min=1e-300 if x.dtype == torch.float64 else 1e-38)) ** (p - 1))
        out[:, :, down, across] += grad[:, :, i, j, None, None] * slope
    return out
