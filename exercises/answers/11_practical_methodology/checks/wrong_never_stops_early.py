"""All steps are made, and the last loss counts."""
# fails: three_steps_are_enough, a_batch_by_heart


def overfit_check(step, X, y, n, steps, limit):
    losses = [step(X[:n], y[:n]) for _ in range(steps)]
    return losses[-1] <= limit, steps
