"""The control variate isn't discounted, its mean is."""
# fails: arithmetic_calls


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    f = math.exp(-r * T) * (prices.mean(dim=1) - K).clamp(min=0)
    g = (prices.log().mean(dim=1).exp() - K).clamp(min=0)
    c = (f - f.mean()) @ (g - g.mean()) / ((g - g.mean()) ** 2).sum()
    values = f - c * (g - geometric_asian(S, K, r, sigma, T, m))
    return values.mean(), values.std() / math.sqrt(n)
