"""The factors of the chain rule one by one."""


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    total = 0 * theta
    for X, y, X_query, y_query in tasks:
        points = [theta]
        for _ in range(steps):
            points.append(adapt(loss, points[-1], X, y, rate, 1))
        slope = torch.func.grad(loss)(points[-1], X_query, y_query)
        for point in reversed(points[:-1]) if not first_order else []:
            slope = slope - rate * torch.func.hessian(loss)(point, X, y) @ slope
        total = total + slope / len(tasks)
    return total
