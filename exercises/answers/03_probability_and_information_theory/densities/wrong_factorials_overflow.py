"""The coefficient by factorials in floating point, and powers that underflow."""
# fails: two_thousand_tosses


def binomial_log_prob(k, n, p):
    k = k.to(torch.float64)
    orders = torch.exp(math.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1))
    return torch.log(orders * p**k * (1 - p) ** (n - k))
