"""Another few examples at every step."""
# fails: a_batch_by_heart


def overfit_check(step, X, y, n, steps, limit):
    for made in range(steps):
        if step(X.roll(-made, 0)[:n], y.roll(-made)[:n]) <= limit:
            return True, made + 1
    return False, steps
