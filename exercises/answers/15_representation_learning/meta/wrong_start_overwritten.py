"""The step with the gradient is made at once, in the argument."""
# fails: meta_gradients_in_closed_form

gradient_alone = maml_gradient


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    found = gradient_alone(loss, theta, tasks, rate, steps, first_order)
    theta -= rate * found
    return found
