"""The velocity as a sum of gradients, with the rate outside; the path by its recurrence of two terms."""


def momentum_step(thetas, velocities, gradients, lr, beta):
    new = []
    for v, g in zip(velocities, gradients):
        new.append(-lr * (g - beta * v / lr))
    return [x + v for x, v in zip(thetas, new)], new


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    path = [x0.clone()]
    before = x0
    for _ in range(steps):
        x = path[-1]
        drift = beta * (x - before)
        place = x + drift if nesterov else x
        before = x
        path.append(x + drift - lr * slope(place))
    return torch.stack(path)


def stable_limit(H, beta, nesterov=False):
    top = torch.linalg.eigvalsh(H).max().item()
    return (2 + 2 * beta) / top / (1 + 2 * beta if nesterov else 1)
