"""The bias penalised like the weights."""
# fails: loss_matches_torch, gradient_by_autograd, steps_by_autograd


def logistic_loss(X, y, w, b, lam):
    z = X @ w + b
    return (torch.logaddexp(z, torch.zeros_like(z)) - y * z).mean() + lam * (w.square().sum() + b**2)


def logistic_gradient(X, y, w, b, lam):
    error = torch.sigmoid(X @ w + b) - y
    return X.T @ error / len(y) + 2 * lam * w, error.mean() + 2 * lam * b
