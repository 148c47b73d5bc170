"""The path from a start that is moved along."""
# fails: inputs_kept


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    path, v = [x0.clone()], torch.zeros_like(x0)
    for _ in range(steps):
        v = beta * v - lr * slope(x0 + beta * v if nesterov else x0)
        x0 += v
        path.append(x0.clone())
    return torch.stack(path)
