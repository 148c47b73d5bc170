"""The look-ahead with the wrong sign."""
# fails: look_ahead_by_hand, nesterov_of_two_tensors


def nesterov_step(thetas, velocities, slope, lr, beta):
    back = [x - beta * v for x, v in zip(thetas, velocities)]
    return momentum_step(thetas, velocities, slope(back), lr, beta)
