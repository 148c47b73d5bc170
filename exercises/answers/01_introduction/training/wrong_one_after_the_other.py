"""The slope is changed before the gradient of the intercept is computed."""
# fails: one_point_by_hand, intercept_by_autograd, errors_before_each_step


def step(w, b, x, y, lr):
    w = w - lr * 2 * ((w * x + b - y) * x).mean()
    return w, b - lr * 2 * (w * x + b - y).mean()
