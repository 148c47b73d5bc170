"""The gradient of the mean divided by the side of the window."""
# fails: two_windows_by_hand, gradients_of_means


def avg_pool2d_backward(grad, x, k, stride):
    return put_back((grad / k).expand(k * k, *grad.shape), x, k, stride)
