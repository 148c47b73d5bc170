"""The derivative of the penalty without the factor 2."""
# fails: gradient_by_autograd, steps_by_autograd, separated_classes


def logistic_gradient(X, y, w, b, lam):
    error = torch.sigmoid(X @ w + b) - y
    return X.T @ error / len(y) + lam * w, error.mean()
