"""Rows and columns of the kernel exchanged."""
# fails: nine_numbers_by_hand, layers_of_torch, biases_of_torch, strides_of_torch, paddings_of_torch, dilations_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _layer(x, weight.transpose(2, 3), bias, stride, padding, dilation)
