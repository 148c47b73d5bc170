"""The whole training set instead of a few examples."""
# fails: three_steps_are_enough, a_batch_by_heart


def overfit_check(step, X, y, n, steps, limit):
    for made in range(steps):
        if step(X, y) <= limit:
            return True, made + 1
    return False, steps
