"""Gradients by the matrices averaged over the rows."""
# fails: gradients_without_projection, gradients_with_projection

_backward = residual_backward


def residual_backward(grad, x, W1, W2, P=None):
    dx, dW1, dW2, dP = _backward(grad, x, W1, W2, P)
    return dx, dW1 / len(x), dW2 / len(x), None if dP is None else dP / len(x)
