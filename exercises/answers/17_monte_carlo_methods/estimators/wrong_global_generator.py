"""The generator is ignored."""
# fails: equal_cost

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    return given_integrate(f, kind, n, repeats, None)
