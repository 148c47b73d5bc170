"""The formula of the source book: no stride in the index."""
# fails: biases_of_torch, strides_of_torch, dilations_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    y = _layer(x, weight, bias, 1, padding, dilation)
    rows, columns = ((size - 1) // stride + 1 for size in y.shape[2:])
    return y[:, :, :rows, :columns]
