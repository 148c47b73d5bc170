"""Zero listed for both signs, infinities included."""
# fails: four_bits, all_finite_values


def finite_values(e, m, bias, ieee=True):
    values = [decode(code, e, m, bias, ieee) for code in range(2 ** (1 + e + m))]
    return torch.tensor(sorted(v for v in values if v == v), dtype=torch.float64)
