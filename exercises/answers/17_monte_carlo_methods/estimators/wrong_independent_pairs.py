"""Two independent halves."""
# fails: four_variances_of_exp, pairs_of_an_even_function

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    return given_integrate(f, "plain" if kind == "antithetic" else kind, n, repeats, generator)
