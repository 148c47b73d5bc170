"""No padding, whatever is asked for."""
# fails: biases_of_torch, paddings_of_torch, dilations_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _layer(x, weight, bias, stride, 0, dilation)
