"""The control variate with the coefficient 1."""


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    arithmetic, geometric = prices.mean(dim=1), prices.log().mean(dim=1).exp()
    gap = math.exp(-r * T) * ((arithmetic - K).clamp(min=0) - (geometric - K).clamp(min=0))
    return gap.mean() + geometric_asian(S, K, r, sigma, T, m), gap.std() / math.sqrt(n)
