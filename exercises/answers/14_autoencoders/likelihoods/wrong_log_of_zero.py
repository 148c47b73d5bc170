"""Logarithms of rounded probabilities."""
# fails: extreme_logits


def bernoulli_nll(logits, X):
    p = torch.sigmoid(logits)
    return -(torch.xlogy(X, p) + torch.xlogy(1 - X, 1 - p)).sum(dim=1)
