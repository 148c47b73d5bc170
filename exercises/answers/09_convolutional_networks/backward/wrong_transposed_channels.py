"""The channels of the kernel in the order of a forward convolution."""
# fails: transposed_layers_of_torch, inputs_kept

_transposed = conv_transpose2d


def conv_transpose2d(y, weight, stride=1, padding=0):
    return _transposed(y, weight.transpose(0, 1), stride, padding)
