"""The change itself is followed, the gradient by torch.func."""


def fgsm(loss, x, eps, low=0.0, high=1.0):
    slope = torch.func.grad(loss)(x)
    return torch.clip(x + eps * torch.sign(slope), low, high).detach()


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None):
    change = torch.zeros_like(x) if start is None else start - x
    change = (x + change.clamp(-eps, eps)).clamp(low, high) - x
    for _ in range(steps):
        change = (change + step * torch.func.grad(loss)(x + change).sign()).clamp(-eps, eps)
        change = (x + change).clamp(low, high) - x
    return (x + change).detach()


def robust_share(scores, rivals, eps, w_norms):
    lead = (scores[:, None] - rivals - eps * w_norms).amin(dim=1)
    return int((lead > 0).sum()) / len(lead)
