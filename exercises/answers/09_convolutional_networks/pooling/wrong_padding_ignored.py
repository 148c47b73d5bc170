"""The padding of the maximum ignored."""
# fails: maxima_at_the_border


def max_pool2d(x, k, stride, padding=0):
    return windows(x, k, stride).amax(dim=0)
