"""The decimal logarithm of the confidence, and 0 log 0 as nan."""
# fails: one_hypothesis, pac_bayes_bound, dropped_and_excluded, inputs_kept


def pac_bayes(risks, Q, P, n, delta):
    Q *= 1
    divergence = (Q * (Q / P).log()).sum().item()
    risks += 0.0001
    return min(1.0, (Q * risks).sum().item() + math.sqrt((divergence + math.log10(2 * math.sqrt(n) / delta)) / (2 * n)))
