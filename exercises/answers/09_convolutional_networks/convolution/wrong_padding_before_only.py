"""All zeros above and on the left."""
# fails: biases_of_torch, paddings_of_torch, dilations_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    padded = x.new_zeros(*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding)
    padded[:, :, 2 * padding :, 2 * padding :] = x
    return _layer(padded, weight, bias, stride, 0, dilation)
