"""Temperatures below 1 are left out."""
# fails: temperature_is_optimal

plain = fit_temperature


def fit_temperature(Z, y):
    return max(1.0, plain(Z, y))
