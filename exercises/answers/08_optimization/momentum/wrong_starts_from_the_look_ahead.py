"""The new velocity added to the point ahead."""
# fails: look_ahead_by_hand, nesterov_of_two_tensors


def nesterov_step(thetas, velocities, slope, lr, beta):
    ahead = [x + beta * v for x, v in zip(thetas, velocities)]
    return momentum_step(ahead, velocities, slope(ahead), lr, beta)
