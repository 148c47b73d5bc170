"""Velocities and parameters changed in place."""
# fails: inputs_kept


def momentum_step(thetas, velocities, gradients, lr, beta):
    for x, v, g in zip(thetas, velocities, gradients):
        v.mul_(beta).sub_(lr * g)
        x.add_(v)
    return thetas, velocities
