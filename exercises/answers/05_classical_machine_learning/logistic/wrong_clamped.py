"""Probabilities clamped before the logarithm."""
# fails: scores_of_a_thousand


def logistic_loss(X, y, w, b, lam):
    p = torch.sigmoid(X @ w + b).clamp(1e-12, 1 - 1e-12)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean() + lam * w.square().sum()
