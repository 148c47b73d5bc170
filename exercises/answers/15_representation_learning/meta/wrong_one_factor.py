"""The chain rule of the last step only."""
# fails: meta_gradients_in_closed_form, meta_gradients_by_differences


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    total = 0 * theta
    for X, y, X_query, y_query in tasks:
        before = adapt(loss, theta, X, y, rate, steps - 1)
        end = adapt(loss, before, X, y, rate, 1)
        slope = torch.func.grad(loss)(end, X_query, y_query)
        if not first_order:
            slope = slope - rate * torch.func.hessian(loss)(before, X, y) @ slope
        total = total + slope / len(tasks)
    return total
