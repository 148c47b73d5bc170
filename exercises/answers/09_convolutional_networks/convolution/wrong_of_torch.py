"""The layer of torch."""
# fails: all


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return torch.conv2d(x, weight, bias, stride, padding, dilation)
