"""Each coordinate moved before the gradient of the next one is taken."""
# fails: coupled_coordinates


def gradient_descent(slope, x0, lr, tol=1e-6, max_steps=10_000):
    path = [x0]
    for step in range(max_steps + 1):
        if slope(path[-1]).square().sum().sqrt() <= tol:
            return torch.stack(path), True
        if step < max_steps:
            x = path[-1].clone()
            for i in range(len(x)):
                x[i] = x[i] - lr * slope(x)[i]
            path.append(x)
    return torch.stack(path), False
