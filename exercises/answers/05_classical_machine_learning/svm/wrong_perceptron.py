"""Only mistakes push, as in the perceptron."""
# fails: hinge_by_autograd


def hinge(X, y, w, b, C):
    f = X @ w + b
    push = C * y * (y * f < 0)
    return w @ w / 2 + C * (1 - y * f).clamp(min=0).sum(), w - X.T @ push, -push.sum()
