"""The exponent is returned with its minus sign."""
# fails: pure_power, law_with_floor, law_with_noise

fit = fit_power_law


def fit_power_law(N, L):
    E, A, alpha = fit(N, L)
    return E, A, -alpha
