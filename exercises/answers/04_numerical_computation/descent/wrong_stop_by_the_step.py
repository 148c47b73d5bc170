"""Stops when the step, not the gradient, is small."""
# fails: steps_in_the_valley, stopping


def gradient_descent(slope, x0, lr, tol=1e-6, max_steps=10_000):
    path = [x0]
    for step in range(max_steps + 1):
        g = slope(path[-1])
        if (lr * g).square().sum().sqrt() <= tol and lr < 0.2:
            return torch.stack(path), True
        if step < max_steps:
            path.append(path[-1] - lr * g)
    return torch.stack(path), False
