"""Images wiped after use, to save memory."""
# fails: inputs_kept

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    y = _layer(x, weight, bias, stride, padding, dilation)
    x.zero_()
    return y
