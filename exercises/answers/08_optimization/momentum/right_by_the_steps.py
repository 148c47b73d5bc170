"""The path by the two steps themselves."""


def nesterov_step(thetas, velocities, slope, lr, beta):
    gradients = slope([torch.add(x, v, alpha=beta) for x, v in zip(thetas, velocities)])
    velocities = [torch.sub(beta * v, g, alpha=lr) for v, g in zip(velocities, gradients)]
    return [x + v for x, v in zip(thetas, velocities)], velocities


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    x, v = [x0], [torch.zeros_like(x0)]
    path = torch.zeros(steps + 1, len(x0), dtype=x0.dtype)
    path[0] = x0
    for t in range(steps):
        if nesterov:
            x, v = nesterov_step(x, v, lambda ahead: [slope(ahead[0])], lr, beta)
        else:
            x, v = momentum_step(x, v, [slope(x[0])], lr, beta)
        path[t + 1] = x[0]
    return path
