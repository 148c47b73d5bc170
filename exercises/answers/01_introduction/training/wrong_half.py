"""The factor 2 is missing."""
# fails: one_point_by_hand, slope_by_autograd, intercept_by_autograd, errors_before_each_step


def step(w, b, x, y, lr):
    residual = w * x + b - y
    return w - lr * (residual * x).mean(), b - lr * residual.mean()
