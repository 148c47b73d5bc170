"""The bias added along the columns."""
# fails: biases_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    y = _layer(x, weight, None, stride, padding, dilation)
    return y if bias is None else y + bias.repeat(y.shape[3])[: y.shape[3]]
