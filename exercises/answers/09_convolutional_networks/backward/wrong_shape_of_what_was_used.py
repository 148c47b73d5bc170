"""Inputs behind the last kernel left out of the gradient."""
# fails: strides_of_torch, paddings_of_torch


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    (n, c, h, w), (rows, columns), (kh, kw) = x.shape, grad.shape[2:], weight.shape[2:]
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    d_weight = torch.zeros_like(weight)
    for a, b in itertools.product(range(kh), range(kw)):
        places = slice(a, a + stride * rows, stride), slice(b, b + stride * columns, stride)
        d_weight[:, :, a, b] = torch.einsum("noij,ncij->oc", grad, padded[:, :, *places])
    return conv_transpose2d(grad, weight, stride, padding), d_weight, grad.sum(dim=(0, 2, 3))
