"""Adapted to the queries themselves."""
# fails: meta_gradients_in_closed_form, meta_gradients_by_differences, first_order_in_closed_form

plain = maml_gradient


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    return plain(loss, theta, [(X, y, X, y) for _, _, X, y in tasks], rate, steps, first_order)
