"""KL(P || Q)."""
# fails: pac_bayes_bound, dropped_and_excluded


def pac_bayes(risks, Q, P, n, delta):
    divergence = (torch.xlogy(P, P) - torch.xlogy(P, Q)).sum().item()
    return min(1.0, (Q * risks).sum().item() + math.sqrt((divergence + math.log(2 * math.sqrt(n) / delta)) / (2 * n)))
