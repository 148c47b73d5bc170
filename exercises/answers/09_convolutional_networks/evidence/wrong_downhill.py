"""Descent."""
# fails: best_input_of_a_linear_unit, steps_uphill


def maximize(score, x, lr, steps):
    for _ in range(steps):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(score(x), x)
        x = x.detach() - lr * slope
        x = x / x.norm().clamp(min=1)
    return x
