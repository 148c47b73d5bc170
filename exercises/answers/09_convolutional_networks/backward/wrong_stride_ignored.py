"""The gradient put down as if outputs lay next to each other."""
# fails: strides_of_torch, paddings_of_torch

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    return _backward(grad, x, weight, 1, padding)
