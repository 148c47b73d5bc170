"""The first of several largest entries column by column."""
# fails: ties

_columns_first = max_pool2d_backward


def max_pool2d_backward(grad, x, k, stride):
    return _columns_first(grad.transpose(2, 3), x.transpose(2, 3), k, stride).transpose(2, 3)
