"""One over the temperature."""
# fails: temperature_by_hand, temperature_is_optimal

plain = fit_temperature


def fit_temperature(Z, y):
    return 1 / plain(Z, y)
