"""The gradient added."""
# fails: two_steps_by_hand, look_ahead_by_hand, several_tensors, nesterov_of_two_tensors


def momentum_step(thetas, velocities, gradients, lr, beta):
    velocities = [beta * v + lr * g for v, g in zip(velocities, gradients)]
    return [x + v for x, v in zip(thetas, velocities)], velocities
