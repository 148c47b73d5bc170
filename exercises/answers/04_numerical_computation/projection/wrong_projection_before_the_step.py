"""The projection before the step: the last point may lie outside."""
# fails: step_before_projection, steps_in_turn, optimum_on_a_plane


def projected_descent(slope, project, x0, lr, steps):
    x = x0
    for _ in range(steps):
        x = project(x)
        x = x - lr * slope(x)
    return x
