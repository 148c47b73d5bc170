"""Left to autograd."""
# fails: all


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    y = nn.functional.conv2d(*leaves, None, stride, padding)
    return *torch.autograd.grad(y, leaves, grad), grad.sum((0, 2, 3))
