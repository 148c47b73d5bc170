"""Bounds above 1 left as they are."""
# fails: waiting_times, markov_bound, chebyshev_bound, hoeffding_bound, dropped_and_excluded


def markov(mean, a):
    if mean < 0 or a <= 0:
        raise ValueError
    return mean / a


def chebyshev(variance, t):
    return variance / t**2


def hoeffding(n, t, low, high):
    return 2 * math.exp(-2 * n * t**2 / (high - low) ** 2)


def pac_bayes(risks, Q, P, n, delta):
    divergence = (torch.xlogy(Q, Q) - torch.xlogy(Q, P)).sum().item()
    return (Q * risks).sum().item() + math.sqrt((divergence + math.log(2 * math.sqrt(n) / delta)) / (2 * n))
