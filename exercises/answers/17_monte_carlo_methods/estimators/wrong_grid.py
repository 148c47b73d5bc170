"""The middle of each stratum: no random number at all."""
# fails: equal_cost, four_variances_of_exp

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    if kind != "stratified":
        return given_integrate(f, kind, n, repeats, generator)
    u = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    return torch.stack([f(u).mean() for _ in range(repeats)])
