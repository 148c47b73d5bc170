"""All paths are the same."""
# fails: moments_of_paths, arithmetic_calls, errors_of_calls

many_paths = price_paths


def price_paths(S, r, sigma, T, m, n, generator):
    return many_paths(S, r, sigma, T, m, 1, generator).expand(n, m)
