"""Infinities counted as finite."""
# fails: all_finite_values


def finite_values(e, m, bias, ieee=True):
    values = [decode(code, e, m, bias, ieee) for code in range(2 ** (1 + e + m))]
    return torch.unique(torch.tensor([v for v in values if v == v], dtype=torch.float64))
