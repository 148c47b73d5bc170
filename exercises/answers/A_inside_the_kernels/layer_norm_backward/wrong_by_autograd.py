"""By torch's autograd."""
# fails: all


def layer_norm_backward(x, weight, g, dx, eps):
    x = x.clone().requires_grad_()
    y = torch.nn.functional.layer_norm(x, x.shape[1:], weight, None, eps)
    dx.copy_(torch.autograd.grad(y, x, g)[0])
