"""0 log 0 computed as nan."""
# fails: certain_coins


def binomial_log_prob(k, n, p):
    k, p = k.to(torch.float64), torch.tensor(p, dtype=torch.float64)
    orders = math.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    return orders + k * p.log() + (n - k) * (1 - p).log()
