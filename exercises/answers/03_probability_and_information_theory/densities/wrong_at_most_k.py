"""The probability of at most k successes."""
# fails: seven_heads, small_binomials, two_thousand_tosses, certain_coins


def binomial_log_prob(k, n, p):
    j = torch.arange(n + 1, dtype=torch.float64)
    orders = math.lgamma(n + 1) - torch.lgamma(j + 1) - torch.lgamma(n - j + 1)
    return torch.logcumsumexp(orders + torch.xlogy(j, p) + torch.xlogy(n - j, 1 - p), dim=0)[k]
