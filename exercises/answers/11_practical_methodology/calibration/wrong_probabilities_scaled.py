"""Probabilities are divided by the temperature, in place of scores."""
# fails: temperature_by_hand, temperature_is_optimal

plain = fit_temperature


def fit_temperature(Z, y):
    return plain(Z.softmax(dim=1), y)
