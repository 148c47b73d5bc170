"""backward, which adds to the gradients of the parameters."""
# fails: network_left_alone


def fgsm(loss, x, eps, low=0.0, high=1.0):
    z = x.detach().clone().requires_grad_()
    loss(z).backward()
    return (x + eps * z.grad.sign()).clamp(low, high)
