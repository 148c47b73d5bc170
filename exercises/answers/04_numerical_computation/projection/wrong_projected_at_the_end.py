"""Descent without the constraint, projected once at the end."""
# fails: steps_in_turn, optimum_on_a_plane


def projected_descent(slope, project, x0, lr, steps):
    x = x0
    for _ in range(steps):
        x = x - lr * slope(x)
    return project(x)
