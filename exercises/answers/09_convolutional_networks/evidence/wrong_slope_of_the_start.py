"""One slope for all steps."""
# fails: steps_uphill, best_input_of_a_quadratic_unit


def maximize(score, x, lr, steps):
    start = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(score(start), start)
    for _ in range(steps):
        x = x + lr * slope
        x = x / x.norm().clamp(min=1)
    return x
