"""Zeros for the gradient by a projection that isn't there."""
# fails: gradients_without_projection

_backward = residual_backward


def residual_backward(grad, x, W1, W2, P=None):
    *rest, dP = _backward(grad, x, W1, W2, P)
    return *rest, torch.zeros(grad.shape[1], x.shape[1], dtype=x.dtype) if dP is None else dP
