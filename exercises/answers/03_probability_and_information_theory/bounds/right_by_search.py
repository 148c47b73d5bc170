"""Bounds in other words, and the sample size by doubling and halving."""


def markov(mean, a):
    if a <= 0:
        raise ValueError("a must be positive")
    if mean < 0:
        raise ValueError("the variable must not be negative")
    return mean / a if mean < a else 1.0


def chebyshev(variance, t):
    k = t / math.sqrt(variance)
    return 1.0 if k < 1 else 1 / k**2


def sample_size(t, delta, low, high):
    def fits(n):
        return 2 * math.exp(-2 * n * t**2 / (high - low) ** 2) <= delta

    few, many = 0, 1
    while not fits(many):
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if fits(middle) else (middle, many)
    return many


def pac_bayes(risks, Q, P, n, delta):
    there = Q > 0
    divergence = (Q[there] * (Q[there] / P[there]).log()).sum()
    total = Q @ risks + ((divergence + math.log(2) + 0.5 * math.log(n) - math.log(delta)) / (2 * n)).sqrt()
    return float(total.clamp(max=1))


def standardized_means(x, mean, variance):
    n = x.shape[1]
    return (x - mean).sum(dim=1) / (n * variance) ** 0.5
