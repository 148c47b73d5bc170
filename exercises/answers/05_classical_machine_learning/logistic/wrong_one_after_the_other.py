"""The bias moves after the weights have moved."""
# fails: steps_by_autograd


def fit_logistic(X, y, lam, lr, steps):
    w, b = torch.zeros_like(X[0]), torch.zeros_like(X[0, 0])
    for _ in range(steps):
        w = w - lr * logistic_gradient(X, y, w, b, lam)[0]
        b = b - lr * logistic_gradient(X, y, w, b, lam)[1]
    return w, b
