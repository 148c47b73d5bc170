"""The limit itself is not low enough."""
# fails: three_steps_are_enough, a_batch_by_heart


def overfit_check(step, X, y, n, steps, limit):
    for made in range(steps):
        if step(X[:n], y[:n]) < limit:
            return True, made + 1
    return False, steps
