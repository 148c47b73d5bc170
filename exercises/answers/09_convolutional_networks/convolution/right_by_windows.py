"""All windows as a view, and one product; the true convolution as a padded cross-correlation with the kernel turned round."""


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    padded = torch.zeros(n, c, h + 2 * padding, w + 2 * padding, dtype=x.dtype)
    padded[..., padding : padding + h, padding : padding + w] = x
    tall, wide = dilation * (kh - 1) + 1, dilation * (kw - 1) + 1
    views = padded.unfold(2, tall, stride).unfold(3, wide, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("ncijab,ocab->noij", views, weight)
    return y if bias is None else y + bias.reshape(-1, 1, 1)


def convolve(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    padded = torch.zeros(h + 2 * kh - 2, w + 2 * kw - 2, dtype=image.dtype)
    padded[kh - 1 : kh - 1 + h, kw - 1 : kw - 1 + w] = image
    return conv2d(padded[None, None], kernel.flip(0, 1)[None, None])[0, 0]


def equivariance_error(layer, x, shift, stride=1):
    h, w = x.shape[-2:]
    rows, columns = (torch.arange(h) - shift[0]) % h, (torch.arange(w) - shift[1]) % w
    before, plain = layer(x[..., rows, :][..., columns]), layer(x)
    h, w = plain.shape[-2:]
    rows, columns = (torch.arange(h) - shift[0] // stride) % h, (torch.arange(w) - shift[1] // stride) % w
    return float((before - plain[..., rows, :][..., columns]).abs().max())
