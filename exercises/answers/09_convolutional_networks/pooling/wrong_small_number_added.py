"""A small number added to every norm."""
# fails: norm_by_hand, gradients_of_norms, windows_of_zeros


def lp_pool2d_backward(grad, x, k, stride, p):
    entries, norm = windows(x, k, stride), lp_pool2d(x, k, stride, p) + 1e-3
    return put_back(grad * entries.sign() * (entries.abs() / norm) ** (p - 1), x, k, stride)
