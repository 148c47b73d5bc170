"""The gradient of the kernels collected in the kernels."""
# fails: inputs_kept

_backward = conv2d_backward


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    dx, d_weight, d_bias = _backward(grad, x, weight, stride, padding)
    return dx, weight.copy_(d_weight), d_bias
