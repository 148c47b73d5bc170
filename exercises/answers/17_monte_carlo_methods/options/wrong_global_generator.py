"""The generator is ignored."""
# fails: moments_of_paths

of_generator = price_paths


def price_paths(S, r, sigma, T, m, n, generator):
    return of_generator(S, r, sigma, T, m, n, None)
