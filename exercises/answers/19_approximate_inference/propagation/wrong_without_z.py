"""The variance without the term with z."""
# fails: moments_on_a_grid, forty_deviations_away

def probit_moments(a, m, v):
    s = torch.sqrt(1 + a**2 * v)
    z = a * m / s
    log_mass = torch.special.log_ndtr(z)
    r = torch.exp(-(z**2) / 2 - log_mass) / math.sqrt(2 * math.pi)
    return log_mass, m + a * v * r / s, v - (a * v / s) ** 2 * r**2
