"""torch.autograd.grad with create_graph."""


def adapt(loss, theta, X, y, rate, steps):
    if not theta.requires_grad:
        theta = theta.clone().requires_grad_()
    for _ in range(steps):
        (slope,) = torch.autograd.grad(loss(theta, X, y), theta, create_graph=True)
        theta = theta - rate * slope
    return theta


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    start = theta.detach().clone().requires_grad_()
    slopes = []
    for X, y, X_query, y_query in tasks:
        end = adapt(loss, start, X, y, rate, steps)
        by = end if first_order else start
        slopes.append(torch.autograd.grad(loss(end, X_query, y_query), by)[0])
    return torch.stack(slopes).mean(0)


def reptile_gradient(loss, theta, tasks, rate, steps):
    ways = [theta - adapt(loss, theta, X, y, rate, steps).detach() for X, y in tasks]
    return sum(ways) / len(ways)
