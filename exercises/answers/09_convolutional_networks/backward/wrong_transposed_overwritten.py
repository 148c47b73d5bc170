"""Copies that overwrite each other."""
# fails: copies_by_hand, transposed_layers_of_torch


def conv_transpose2d(y, weight, stride=1, padding=0):
    (n, _, h, w), (_, c, kh, kw) = y.shape, weight.shape
    full = y.new_zeros(n, c, (h - 1) * stride + kh, (w - 1) * stride + kw)
    for i, j in itertools.product(range(h), range(w)):
        full[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = torch.einsum("no,ocab->ncab", y[:, :, i, j], weight)
    return full[:, :, padding : full.shape[2] - padding, padding : full.shape[3] - padding]
