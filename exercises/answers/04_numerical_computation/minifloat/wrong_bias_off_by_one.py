"""One less than the bias subtracted."""
# fails: four_bits, eight_bits, eight_bits_near_zero, eight_bits_without_infinity, sixteen_bits, all_finite_values


def decode(code, e, m, bias, ieee=True):
    sign = -1.0 if code >> (e + m) else 1.0
    E, M = (code >> m) & (2**e - 1), code & (2**m - 1)
    if ieee and E == 2**e - 1:
        return math.nan if M else sign * math.inf
    return sign * 2.0 ** (2 - bias) * M / 2**m if E == 0 else sign * 2.0 ** (E - bias + 1) * (1 + M / 2**m)
