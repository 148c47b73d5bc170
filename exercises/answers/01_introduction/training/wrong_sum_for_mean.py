"""The gradient of the sum of the squares."""
# fails: step_matches_autograd, train_finds_the_best_line


def step(w, b, x, y, lr):
    residual = w * x + b - y
    return w - lr * 2 * (residual * x).sum(), b - lr * 2 * residual.sum()
