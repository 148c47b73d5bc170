"""As many points as steps."""
# fails: one_gradient_a_step, fifty_steps_of_momentum, fifty_steps_of_nesterov


def momentum_path(slope, x0, lr, beta, steps, nesterov=False):
    path, v = [x0], torch.zeros_like(x0)
    for _ in range(steps - 1):
        v = beta * v - lr * slope(path[-1] + beta * v if nesterov else path[-1])
        path.append(path[-1] + v)
    return torch.stack(path)
