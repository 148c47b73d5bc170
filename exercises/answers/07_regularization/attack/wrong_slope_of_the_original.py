"""The gradient taken at the original only."""
# fails: four_steps_by_hand, around_the_top_of_a_hill


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    z = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(z), z)
    return pgd(lambda point: (slope * point).sum(), x, eps, step, steps, low, high, start)
