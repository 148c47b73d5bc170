"""Sums over the tasks."""
# fails: gradients_of_the_example, meta_gradients_in_closed_form, meta_gradients_by_differences, first_order_in_closed_form, ways_back

plain, way = maml_gradient, reptile_gradient


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    return len(tasks) * plain(loss, theta, tasks, rate, steps, first_order)


def reptile_gradient(loss, theta, tasks, rate, steps):
    return len(tasks) * way(loss, theta, tasks, rate, steps)
