"""The largest exponent field holds numbers in every format."""
# fails: eight_bits, sixteen_bits, all_finite_values


def decode(code, e, m, bias, ieee=True):
    sign = -1.0 if code >> (e + m) else 1.0
    E, M = (code >> m) & (2**e - 1), code & (2**m - 1)
    return sign * 2.0 ** (1 - bias) * M / 2**m if E == 0 else sign * 2.0 ** (E - bias) * (1 + M / 2**m)
