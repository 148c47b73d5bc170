"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import expected_shortfall, geometric_asian_price, value_at_risk


def geometric_asian(S, K, r, sigma, T, m):
    return float(geometric_asian_price(S, K, r, sigma, T, m))
