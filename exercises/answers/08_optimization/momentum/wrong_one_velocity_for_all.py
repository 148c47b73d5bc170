"""The velocity of the first tensor used for every one of the same shape, and the sum of its entries for the others."""
# fails: several_tensors, nesterov_of_two_tensors


def momentum_step(thetas, velocities, gradients, lr, beta):
    first = velocities[0]
    old = [first if first.shape == x.shape else first.sum().to(x.dtype) + 0 * x for x in thetas]
    velocities = [beta * v - lr * g for v, g in zip(old, gradients)]
    return [x + v for x, v in zip(thetas, velocities)], velocities
