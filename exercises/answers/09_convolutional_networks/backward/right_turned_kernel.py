"""The gradient spread by the stride, and a full cross-correlation with the turned kernel, window by window."""


def _correlate(x, weight):
    views = x.unfold(2, weight.shape[2], 1).unfold(3, weight.shape[3], 1)
    return torch.einsum("ncijab,ocab->noij", views, weight)


def _framed(x, top, bottom, left, right):
    n, c, h, w = x.shape
    out = x.new_zeros(n, c, h + top + bottom, w + left + right)
    out[:, :, top : top + h, left : left + w] = x
    return out


def _spread(y, stride):
    n, c, h, w = y.shape
    out = y.new_zeros(n, c, (h - 1) * stride + 1, (w - 1) * stride + 1)
    out[:, :, ::stride, ::stride] = y
    return out


def conv_transpose2d(y, weight, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    wide = _framed(_spread(y, stride), kh - 1, kh - 1, kw - 1, kw - 1)
    full = _correlate(wide, weight.flip(2, 3).transpose(0, 1))
    return full[:, :, padding : full.shape[2] - padding, padding : full.shape[3] - padding]


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    h, w = x.shape[2:]
    spread = _spread(grad, stride)
    dx = conv_transpose2d(grad, weight, stride)
    dx = _framed(dx, 0, h + 2 * padding - dx.shape[2], 0, w + 2 * padding - dx.shape[3])
    padded = _framed(x, padding, padding, padding, padding)
    rows, columns = spread.shape[2] + weight.shape[2] - 1, spread.shape[3] + weight.shape[3] - 1
    d_weight = _correlate(padded[:, :, :rows, :columns].transpose(0, 1), spread.transpose(0, 1)).transpose(0, 1)
    return dx[:, :, padding : padding + h, padding : padding + w], d_weight, grad.sum((0, 2, 3))
