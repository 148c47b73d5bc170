"""The slack without its root."""
# fails: one_hypothesis, pac_bayes_bound, dropped_and_excluded


def pac_bayes(risks, Q, P, n, delta):
    divergence = (torch.xlogy(Q, Q) - torch.xlogy(Q, P)).sum().item()
    return min(1.0, (Q * risks).sum().item() + (divergence + math.log(2 * math.sqrt(n) / delta)) / (2 * n))
