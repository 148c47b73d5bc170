"""One added in place of the gradient."""
# fails: one_row_by_hand, gradients_without_projection, gradient_through_fifty_blocks

_backward = residual_backward


def residual_backward(grad, x, W1, W2, P=None):
    dx, *rest = _backward(grad, x, W1, W2, P)
    return (dx - grad + 1 if P is None else dx), *rest
