"""Sums written out, squared distances by three products."""


def polynomial_kernel(X, Z, c, degree):
    return torch.stack([(Z * x).sum(1) + c for x in X]).pow(degree)


def rbf_kernel(X, Z, gamma):
    squared = X.square().sum(1)[:, None] + Z.square().sum(1) - 2 * X @ Z.T
    return torch.exp(-gamma * squared)


def svm_bias(K, y, alpha, C):
    found = [y[i] - sum(a * t * k for a, t, k in zip(alpha, y, K[i])) for i in range(len(y)) if 0 < alpha[i] < C]
    return sum(found) / len(found)


def dual_objective(K, y, alpha):
    return alpha.sum() - 0.5 * (torch.outer(alpha, alpha) * torch.outer(y, y) * K).sum()


def hinge(X, y, w, b, C):
    value, dw, db = w @ w / 2, w.clone(), torch.zeros_like(b)
    for x, t in zip(X, y):
        if t * (w @ x + b) < 1:
            value = value + C * (1 - t * (w @ x + b))
            dw, db = dw - C * t * x, db - C * t
    return value, dw, db
