"""The European call in the place of the geometric one."""
# fails: geometric_call, geometric_calls_by_quadrature, arithmetic_calls, errors_of_calls


def geometric_asian(S, K, r, sigma, T, m):
    d = (math.log(S / K) + (r + sigma**2 / 2) * T) / (sigma * math.sqrt(T))
    shares = torch.special.ndtr(torch.tensor([d, d - sigma * math.sqrt(T)], dtype=torch.float64)).tolist()
    return S * shares[0] - K * math.exp(-r * T) * shares[1]
