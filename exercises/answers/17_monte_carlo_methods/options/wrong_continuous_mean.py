"""The formula for a mean over all times."""
# fails: geometric_call, geometric_calls_by_quadrature, arithmetic_calls


def geometric_asian(S, K, r, sigma, T, m):
    a, b = math.log(S) + (r - sigma**2 / 2) * T / 2, sigma * math.sqrt(T / 3)
    below = (a - math.log(K)) / b
    shares = torch.special.ndtr(torch.tensor([below + b, below], dtype=torch.float64)).tolist()
    return math.exp(-r * T) * (math.exp(a + b**2 / 2) * shares[0] - K * shares[1])
