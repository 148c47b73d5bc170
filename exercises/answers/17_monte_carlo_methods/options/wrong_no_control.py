"""Plain Monte Carlo."""
# fails: arithmetic_calls


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    f = math.exp(-r * T) * (prices.mean(dim=1) - K).clamp(min=0)
    return f.mean(), f.std() / math.sqrt(n)
