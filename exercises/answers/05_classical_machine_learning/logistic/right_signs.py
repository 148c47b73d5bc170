"""Labels -1 and 1 inside, softplus, a loop with in-place steps on own tensors."""


def logistic_loss(X, y, w, b, lam):
    m = (2 * y - 1) * (X @ w + b)
    return torch.nn.functional.softplus(-m).mean() + lam * w.square().sum()


def logistic_gradient(X, y, w, b, lam):
    s = 2 * y - 1
    pull = -s * torch.sigmoid(-s * (X @ w + b)) / len(y)
    return X.T @ pull + 2 * lam * w, pull.sum()


def fit_logistic(X, y, lam, lr, steps):
    A = torch.cat([X, torch.ones_like(y)[:, None]], dim=1)
    theta = torch.zeros_like(A[0])
    for _ in range(steps):
        decay = torch.cat([theta[:-1], torch.zeros_like(theta[:1])])
        theta = theta - lr * (A.T @ (1 / (1 + torch.exp(-A @ theta)) - y) / len(y) + 2 * lam * decay)
    return theta[:-1], theta[-1]


def signed_distance(X, w, b):
    return X @ (w / w.norm()) + b / w.norm()
