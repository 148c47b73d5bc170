"""The gradient where one stands."""
# fails: look_ahead_by_hand, nesterov_of_two_tensors, fifty_steps_of_nesterov


def nesterov_step(thetas, velocities, slope, lr, beta):
    return momentum_step(thetas, velocities, slope(thetas), lr, beta)


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    path, v = [x0], torch.zeros_like(x0)
    for _ in range(steps):
        v = beta * v - lr * slope(path[-1])
        path.append(path[-1] + v)
    return torch.stack(path)
