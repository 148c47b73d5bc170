"""The geometric call isn't discounted."""
# fails: geometric_call, geometric_calls_by_quadrature, arithmetic_calls

discounted = geometric_asian


def geometric_asian(S, K, r, sigma, T, m):
    return discounted(S, K, r, sigma, T, m) * math.exp(r * T)
