"""Output by output, with sums over patches."""


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    n, c, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    padded = torch.zeros(n, c, h + 2 * padding, w + 2 * padding, dtype=x.dtype)
    padded[:, :, padding : h + padding, padding : w + padding] = x
    tops = range(0, h + 2 * padding - dilation * (kh - 1), stride)
    lefts = range(0, w + 2 * padding - dilation * (kw - 1), stride)
    y = torch.zeros(n, c_out, len(tops), len(lefts), dtype=x.dtype)
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            patch = padded[:, None, :, top : top + dilation * kh : dilation, left : left + dilation * kw : dilation]
            y[:, :, i, j] = (patch * weight).sum(dim=(2, 3, 4))
    if bias is not None:
        y = y + bias[None, :, None, None]
    return y
