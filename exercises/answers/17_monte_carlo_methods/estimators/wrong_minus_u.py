"""The pair u, -u."""
# fails: equal_cost, four_variances_of_exp, pairs_of_an_even_function

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    if kind != "antithetic":
        return given_integrate(f, kind, n, repeats, generator)
    u = torch.rand(repeats, n // 2, generator=generator, dtype=torch.float64)
    return (f(u) + f(-u)).mean(dim=1) / 2
