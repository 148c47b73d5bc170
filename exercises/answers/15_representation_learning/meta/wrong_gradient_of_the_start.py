"""Every step takes the gradient at the start."""
# fails: two_steps_by_hand, adapted_in_closed_form, gradients_through_the_steps, meta_gradients_in_closed_form, meta_gradients_by_differences, first_order_in_closed_form, ways_back


def adapt(loss, theta, X, y, rate, steps):
    return theta - steps * rate * torch.func.grad(loss)(theta, X, y)
