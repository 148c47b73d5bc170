"""The penalty forgotten when fitting."""
# fails: steps_by_autograd, separated_classes


def fit_logistic(X, y, lam, lr, steps):
    w, b = torch.zeros_like(X[0]), torch.zeros_like(X[0, 0])
    for _ in range(steps):
        dw, db = logistic_gradient(X, y, w, b, 0.0)
        w, b = w - lr * dw, b - lr * db
    return w, b
