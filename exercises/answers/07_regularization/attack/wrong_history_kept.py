"""The input made a leaf, and the result part of its graph."""
# fails: plain_tensors


def fgsm(loss, x, eps, low=0.0, high=1.0):
    x.requires_grad_()
    (slope,) = torch.autograd.grad(loss(x), x)
    return (x + eps * slope.sign()).clamp(low, high)
