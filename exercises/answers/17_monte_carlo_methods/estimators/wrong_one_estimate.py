"""One estimate, repeated."""
# fails: integral_of_exp, equal_cost, four_variances_of_exp, pairs_of_an_even_function

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    return given_integrate(f, kind, n, 1, generator).expand(repeats)
