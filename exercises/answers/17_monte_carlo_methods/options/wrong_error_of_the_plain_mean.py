"""The standard error of plain Monte Carlo."""
# fails: arithmetic_calls, errors_of_calls

with_control = asian_call


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    f = math.exp(-r * T) * (prices.mean(dim=1) - K).clamp(min=0)
    return with_control(S, K, r, sigma, T, m, n, generator)[0], f.std() / math.sqrt(n)
