"""The power p in place of p - 1."""
# fails: norm_by_hand, gradients_of_norms


def lp_pool2d_backward(grad, x, k, stride, p):
    entries, norm = windows(x, k, stride), lp_pool2d(x, k, stride, p)
    return put_back(grad * entries.sign() * (entries.abs() / torch.where(norm > 0, norm, 1)) ** p, x, k, stride)
