"""n pairs instead of n / 2."""
# fails: equal_cost, four_variances_of_exp, pairs_of_an_even_function

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    return given_integrate(f, kind, 2 * n if kind == "antithetic" else n, repeats, generator)
