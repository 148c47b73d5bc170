"""The start moved in place, on a copy for the path."""
# fails: inputs_kept


def gradient_descent(slope, x0, lr, tol=1e-6, max_steps=10_000):
    path = [x0.clone()]
    for step in range(max_steps + 1):
        g = slope(x0)
        if g.square().sum().sqrt() <= tol:
            return torch.stack(path), True
        if step < max_steps:
            x0 -= lr * g
            path.append(x0.clone())
    return torch.stack(path), False
