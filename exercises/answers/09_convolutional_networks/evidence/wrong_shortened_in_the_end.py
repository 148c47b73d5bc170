"""Shortened once, in the end."""
# fails: steps_uphill


def maximize(score, x, lr, steps):
    for _ in range(steps):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(score(x), x)
        x = x.detach() + lr * slope
    return x / x.norm().clamp(min=1)
