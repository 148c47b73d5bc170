"""The gradient of the weights by the first image alone."""
# fails: gradients_by_weight, strides_of_torch, paddings_of_torch

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    dx, _, d_bias = _backward(grad, x, weight, stride, padding)
    return dx, _backward(grad[:1], x[:1], weight, stride, padding)[1], d_bias
