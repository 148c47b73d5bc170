"""Along the gradient."""
# fails: steps_in_turn, optimum_on_a_plane, dtype_and_inputs_kept


def projected_descent(slope, project, x0, lr, steps):
    for _ in range(steps):
        x0.copy_(project(x0 + lr * slope(x0)))
    return x0.clone()
