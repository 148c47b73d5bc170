"""Every input brought to length 1, short ones too."""
# fails: steps_uphill


def maximize(score, x, lr, steps):
    for _ in range(steps):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(score(x), x)
        x = x.detach() + lr * slope
        x = x / x.norm()
    return x
