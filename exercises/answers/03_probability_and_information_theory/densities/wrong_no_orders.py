"""The probability of one sequence, without the binomial coefficient."""
# fails: seven_heads, small_binomials, two_thousand_tosses


def binomial_log_prob(k, n, p):
    k = k.to(torch.float64)
    return torch.xlogy(k, p) + torch.xlogy(n - k, 1 - p)
