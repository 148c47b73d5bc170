"""The gradient by x without that of the way around."""
# fails: one_row_by_hand, gradients_without_projection, gradients_with_projection, gradient_through_fifty_blocks

_backward = residual_backward


def residual_backward(grad, x, W1, W2, P=None):
    _, *rest = _backward(grad, x, W1, W2, P)
    return ((grad @ W2) * (x @ W1.T > 0)) @ W1, *rest
