"""As many outputs as the stride fits into the padded image, zeros behind its end."""
# fails: biases_of_torch, strides_of_torch, dilations_of_torch

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    h, w = (size + 2 * padding for size in x.shape[2:])
    padded = x.new_zeros(*x.shape[:2], h + stride - 1, w + stride - 1)
    padded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    return _layer(padded, weight, bias, stride, 0, dilation)
