"""Ball and range together as one interval for each entry."""


def slope_at(loss, z):
    z = z.detach().clone()
    z.requires_grad = True
    return torch.autograd.grad(loss(z), [z], retain_graph=False)[0]


def fgsm(loss, x, eps, low=0.0, high=1.0):
    return torch.maximum(torch.minimum(x + slope_at(loss, x).sign() * eps, x.new_tensor(high)), x.new_tensor(low))


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None):
    lowest, highest = (x - eps).clamp(min=low), (x + eps).clamp(max=high)
    z = (x if start is None else start).clamp(lowest, highest)
    for _ in range(steps):
        z = (z + step * slope_at(loss, z).sign()).clamp(lowest, highest)
    return z
