"""The start moved along."""
# fails: inputs_kept


def maximize(score, x, lr, steps):
    for _ in range(steps):
        leaf = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(score(leaf), leaf)
        x += lr * slope
        x /= x.norm().clamp(min=1)
    return x
