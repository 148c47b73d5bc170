"""A full cross-correlation with the kernel as it is; the same as a true convolution with the turned kernel, which flips twice."""
# fails: nine_numbers_by_hand, gradients_by_x, strides_of_torch, paddings_of_torch

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    dx, _, _ = _backward(grad, x, weight.flip(2, 3), stride, padding)
    return dx, *_backward(grad, x, weight, stride, padding)[1:]
