"""The averaged form, with the factor 1 - beta."""
# fails: two_steps_by_hand, look_ahead_by_hand, several_tensors, nesterov_of_two_tensors, fifty_steps_of_momentum, fifty_steps_of_nesterov


def momentum_step(thetas, velocities, gradients, lr, beta):
    velocities = [beta * v - (1 - beta) * lr * g for v, g in zip(velocities, gradients)]
    return [x + v for x, v in zip(thetas, velocities)], velocities


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    path, v = [x0], torch.zeros_like(x0)
    for _ in range(steps):
        v = beta * v - (1 - beta) * lr * slope(path[-1] + beta * v if nesterov else path[-1])
        path.append(path[-1] + v)
    return torch.stack(path)
