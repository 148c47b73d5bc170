"""The inner gradients are constants."""
# fails: gradients_of_the_example, gradients_through_the_steps, meta_gradients_in_closed_form, meta_gradients_by_differences


def adapt(loss, theta, X, y, rate, steps):
    for _ in range(steps):
        theta = theta - rate * torch.func.grad(loss)(theta, X, y).detach()
    return theta
