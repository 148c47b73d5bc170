"""The gradient of the bias as a mean over the places."""
# fails: nine_numbers_by_hand, gradients_by_bias

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    dx, d_weight, _ = _backward(grad, x, weight, stride, padding)
    return dx, d_weight, grad.mean(dim=(2, 3)).sum(dim=0)
