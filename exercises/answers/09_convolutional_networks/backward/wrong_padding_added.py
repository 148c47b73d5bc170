"""Padding that enlarges the output."""
# fails: transposed_layers_of_torch

_transposed = conv_transpose2d


def conv_transpose2d(y, weight, stride=1, padding=0):
    full = _transposed(y, weight, stride)
    out = full.new_zeros(*full.shape[:2], full.shape[2] + 2 * padding, full.shape[3] + 2 * padding)
    out[:, :, padding : padding + full.shape[2], padding : padding + full.shape[3]] = full
    return out
