"""The gradient after the last step not looked at."""
# fails: stopping


def gradient_descent(slope, x0, lr, tol=1e-6, max_steps=10_000):
    path = [x0]
    for _ in range(max_steps):
        g = slope(path[-1])
        if g.square().sum().sqrt() <= tol:
            return torch.stack(path), True
        path.append(path[-1] - lr * g)
    return torch.stack(path), False
