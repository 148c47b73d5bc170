"""The correction goes the wrong way."""
# fails: arithmetic_calls


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator)
    means = torch.stack([prices.mean(dim=1), prices.log().mean(dim=1).exp()])
    f, g = math.exp(-r * T) * (means - K).clamp(min=0)
    c = (f - f.mean()) @ (g - g.mean()) / ((g - g.mean()) ** 2).sum()
    values = f + c * (g - geometric_asian(S, K, r, sigma, T, m))
    return values.mean(), values.std() / math.sqrt(n)
