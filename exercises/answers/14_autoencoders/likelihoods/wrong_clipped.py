"""Probabilities are clipped."""
# fails: extreme_logits


def bernoulli_nll(logits, X):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(X * p.log() + (1 - X) * (1 - p).log()).sum(dim=1)
