"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def price_paths(S, r, sigma, T, m, n, generator):
    return library.geometric_brownian_paths(S, r, sigma, T, m, n, generator=generator)


def geometric_asian(S, K, r, sigma, T, m):
    return library.geometric_asian_price(S, K, r, sigma, T, m)


def asian_call(S, K, r, sigma, T, m, n, generator):
    return library.mc_option_price(S, K, r, sigma, T, m, n, generator=generator)


def value_at_risk(losses, level):
    return library.value_at_risk(losses, level)


def expected_shortfall(losses, level):
    return library.expected_shortfall(losses, level)
