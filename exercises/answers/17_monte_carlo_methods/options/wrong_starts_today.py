"""Today's price is the first of the fixed ones."""
# fails: moments_of_paths, arithmetic_calls, errors_of_calls

from_first_time = price_paths


def price_paths(S, r, sigma, T, m, n, generator):
    prices = from_first_time(S, r, sigma, T, m, n, generator)
    return torch.cat([torch.full((n, 1), S).to(prices.dtype), prices[:, :-1]], dim=1)
