"""The logarithm of Φ, which is 0 in the tail."""
# fails: forty_deviations_away

def probit_moments(a, m, v):
    s = torch.sqrt(1 + a**2 * v)
    z = a * m / s
    mass = torch.special.ndtr(z)
    r = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) / mass
    return mass.log(), m + a * v * r / s, v - (a * v / s) ** 2 * r * (z + r)
