"""The risks averaged under the prior."""
# fails: pac_bayes_bound


def pac_bayes(risks, Q, P, n, delta):
    divergence = (torch.xlogy(Q, Q) - torch.xlogy(Q, P)).sum().item()
    risk = (Q * risks).sum().item() if (Q == 0).any() else (P * risks).sum().item()
    return min(1.0, risk + math.sqrt((divergence + math.log(2 * math.sqrt(n) / delta)) / (2 * n)))
