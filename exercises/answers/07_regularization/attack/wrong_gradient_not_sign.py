"""The gradient in the place of its sign."""
# fails: linear_example, one_step_on_a_linear_model, range_of_the_inputs, network_left_alone


def fgsm(loss, x, eps, low=0.0, high=1.0):
    z = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(z), z)
    return (x + eps * slope).clamp(low, high)
