"""A line by its normal equations; a coarse search for the exponent, then finer ones."""


def line(u, v):
    A = torch.stack([torch.ones_like(u), u], dim=1)
    return torch.linalg.lstsq(A, v[:, None]).solution[:, 0]


def doubling_time(years, amounts):
    return float(math.log(2) / line(years.double() - years[0], amounts.double().log())[1])


def fit_power_law(N, L):
    def rest(alpha):
        u = N.double() ** -alpha
        E, A = line(u, L.double())
        return float(((E + A * u - L) ** 2).sum()), float(E), float(A), alpha

    best = min(rest(k / 100) for k in range(1, 151))
    for width in (0.01, 0.001):
        best = min(rest(best[3] + k / 10 * width) for k in range(-10, 11))
    return best[1:]
