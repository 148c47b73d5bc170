"""Every tensor looks ahead alone, with a gradient for each."""
# fails: nesterov_of_two_tensors


def nesterov_step(thetas, velocities, slope, lr, beta):
    gradients = []
    for i, (x, v) in enumerate(zip(thetas, velocities)):
        ahead = [*thetas[:i], x + beta * v, *thetas[i + 1 :]]
        gradients.append(slope(ahead)[i])
    return momentum_step(thetas, velocities, gradients, lr, beta)
