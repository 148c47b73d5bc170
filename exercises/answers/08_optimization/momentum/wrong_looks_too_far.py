"""Ahead by the whole velocity."""
# fails: look_ahead_by_hand, nesterov_of_two_tensors


def nesterov_step(thetas, velocities, slope, lr, beta):
    ahead = [x + v for x, v in zip(thetas, velocities)]
    return momentum_step(thetas, velocities, slope(ahead), lr, beta)
