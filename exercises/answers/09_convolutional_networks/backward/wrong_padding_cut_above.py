"""Twice the padding cut above and on the left."""
# fails: paddings_of_torch

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    padded = x.new_zeros(*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding)
    padded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    dx, *rest = _backward(grad, padded, weight, stride, 0)
    return dx[:, :, 2 * padding :, 2 * padding :], *rest
