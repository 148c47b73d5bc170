"""Steps in the direction of the gradient."""
# fails: all


def step(w, b, x, y, lr):
    residual = w * x + b - y
    return w + lr * 2 * (residual * x).mean(), b + lr * 2 * residual.mean()
