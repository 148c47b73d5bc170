"""The gradient by the projection transposed."""
# fails: gradients_with_projection

_backward = residual_backward


def residual_backward(grad, x, W1, W2, P=None):
    dx, dW1, dW2, dP = _backward(grad, x, W1, W2, P)
    return dx, dW1, dW2, None if dP is None else dP.T.contiguous()
