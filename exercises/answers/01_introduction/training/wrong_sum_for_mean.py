"""The gradient of the sum of the squares."""
# fails: slope_by_autograd, intercept_by_autograd, train_finds_the_best_line


def step(w, b, x, y, lr):
    residual = w * x + b - y
    return w - lr * 2 * (residual * x).sum(), b - lr * 2 * residual.sum()
