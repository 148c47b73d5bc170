"""A sum over the examples, with its gradient."""
# fails: loss_at_zero, loss_matches_torch, scores_of_a_thousand, gradient_by_autograd, steps_by_autograd, separated_classes


def logistic_loss(X, y, w, b, lam):
    z = X @ w + b
    return (torch.logaddexp(z, torch.zeros_like(z)) - y * z).sum() + lam * w.square().sum()


def logistic_gradient(X, y, w, b, lam):
    error = torch.sigmoid(X @ w + b) - y
    return X.T @ error + 2 * lam * w, error.sum()
