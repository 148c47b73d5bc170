"""The largest absolute value for the largest."""
# fails: maxima_of_torch, maxima_at_the_border

_maximum = max_pool2d


def max_pool2d(x, k, stride, padding=0):
    return _maximum(x.abs(), k, stride, padding)
