"""Everything in float64."""
# fails: nine_numbers_by_hand, inputs_kept

_layer = conv2d


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _layer(x.double(), weight.double(), None if bias is None else bias.double(), stride, padding, dilation)
