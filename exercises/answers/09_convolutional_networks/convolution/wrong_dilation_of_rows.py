"""Only the rows of the kernel spread."""
# fails: dilations_of_torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    (n, c, h, w), (c_out, _, kh, kw) = x.shape, weight.shape
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    rows = (h + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    columns = (w + 2 * padding - dilation * (kw - 1) - 1) // stride + 1
    y = x.new_zeros(n, c_out, rows, columns)
    for a, b in itertools.product(range(kh), range(kw)):
        part = padded[:, :, a * dilation :: stride, b::stride][:, :, :rows, :columns]
        y = y + torch.einsum("oc,ncij->noij", weight[:, :, a, b], part)
    return y if bias is None else y + bias[:, None, None]
