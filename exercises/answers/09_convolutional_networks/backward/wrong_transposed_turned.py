"""Copies of the kernel turned round."""
# fails: copies_by_hand, transposed_layers_of_torch

_transposed = conv_transpose2d


def conv_transpose2d(y, weight, stride=1, padding=0):
    return _transposed(y, weight.flip(2, 3), stride, padding)
