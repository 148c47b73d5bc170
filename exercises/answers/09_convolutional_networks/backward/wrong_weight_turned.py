"""The gradient of the weights as a true convolution."""
# fails: nine_numbers_by_hand, gradients_by_weight, strides_of_torch, paddings_of_torch

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    dx, d_weight, d_bias = _backward(grad, x, weight, stride, padding)
    return dx, d_weight.flip(2, 3), d_bias
