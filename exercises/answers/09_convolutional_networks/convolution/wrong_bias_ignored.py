"""No bias."""
# fails: nine_numbers_by_hand, biases_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _layer(x, weight, None, stride, padding, dilation)
