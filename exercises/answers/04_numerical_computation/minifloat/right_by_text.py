"""Bits read from text, values by a set, rounding by all distances, epsilon by doubling 1/2."""


def decode(code, e, m, bias, ieee=True):
    bits = format(code, f"0{1 + e + m}b")
    sign, E, M = (-1) ** int(bits[0]), int(bits[1 : 1 + e], 2), int(bits[1 + e :], 2) if m else 0
    if ieee and E + 1 == 2**e:
        return float("nan") if M else sign * float("inf")
    return sign * math.ldexp(M + 2**m if E else M, max(E, 1) - bias - m)


def finite_values(e, m, bias, ieee=True):
    found = {decode(c, e, m, bias, ieee) + 0.0 for c in range(2 ** (1 + e + m))}
    return torch.tensor(sorted(v for v in found if abs(v) < math.inf), dtype=torch.float64)


def round_to(x, values):
    places = (torch.arange(len(values)) - int(torch.where(values == 0)[0])) % 2
    distance = (x[..., None] - values).abs()
    best = distance.amin(dim=-1, keepdim=True)
    odd = torch.where(distance == best, places, 2)
    return values[odd.argmin(dim=-1)]


def machine_epsilon(dtype):
    one, k = torch.tensor(1.0, dtype=dtype), 0
    while (one + torch.tensor(0.5, dtype=dtype) ** (k + 1)) != one:
        k += 1
    return 2.0**-k
