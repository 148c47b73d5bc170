"""The switch is ignored."""
# fails: gradients_of_the_example, first_order_in_closed_form

plain = maml_gradient


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    return plain(loss, theta, tasks, rate, steps)
