"""The bias added once for every channel in."""
# fails: biases_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    times = bias if bias is None else bias * x.shape[1]
    return _layer(x, weight, times, stride, padding, dilation)
