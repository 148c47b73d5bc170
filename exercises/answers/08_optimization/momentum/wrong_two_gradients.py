"""A second gradient, where one stands, only to look at it."""
# fails: one_gradient_a_step


def nesterov_step(thetas, velocities, slope, lr, beta):
    slope(thetas)
    return momentum_step(thetas, velocities, slope([x + beta * v for x, v in zip(thetas, velocities)]), lr, beta)
