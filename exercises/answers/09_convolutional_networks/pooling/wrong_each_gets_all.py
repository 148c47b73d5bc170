"""The whole gradient to each entry of the mean."""
# fails: two_windows_by_hand, gradients_of_means


def avg_pool2d_backward(grad, x, k, stride):
    return put_back(grad.expand(k * k, *grad.shape), x, k, stride)
