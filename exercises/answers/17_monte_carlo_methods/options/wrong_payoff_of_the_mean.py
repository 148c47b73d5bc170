"""The mean price first, then the payoff."""
# fails: arithmetic_calls


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    f, g = math.exp(-r * T) * prices.mean(dim=1), math.exp(-r * T) * prices.log().mean(dim=1).exp()
    values = f - g
    return max(0.0, float(values.mean()) + geometric_asian(S, K, r, sigma, T, m)), values.std() / math.sqrt(n)
