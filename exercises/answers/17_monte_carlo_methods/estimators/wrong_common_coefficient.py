"""No control variate at all."""
# fails: four_variances_of_exp

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    return given_integrate(f, "plain" if kind == "control" else kind, n, repeats, generator)
