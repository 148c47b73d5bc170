"""The gradient at the end for that at the start."""
# fails: gradients_of_the_example, meta_gradients_in_closed_form, meta_gradients_by_differences

plain = maml_gradient


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    return plain(loss, theta, tasks, rate, steps, True)
