"""The gradient of the squared error of the probability."""
# fails: gradient_by_hand, scores_of_a_thousand, gradient_by_autograd, steps_by_autograd, separated_classes


def logistic_gradient(X, y, w, b, lam):
    p = torch.sigmoid(X @ w + b)
    error = 2 * (p - y) * p * (1 - p)
    return X.T @ error / len(y) + 2 * lam * w, error.mean()
