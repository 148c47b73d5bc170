"""Zero divided by zero where a window is empty."""
# fails: windows_of_zeros


def lp_pool2d_backward(grad, x, k, stride, p):
    entries, norm = windows(x, k, stride), lp_pool2d(x, k, stride, p)
    return put_back(grad * entries * entries.abs() ** (p - 2) / norm ** (p - 1), x, k, stride)
