"""The generator is ignored."""
# fails: way_from_a_far_start

of_generator = gibbs_bivariate


def gibbs_bivariate(rho, x, sweeps, generator):
    return of_generator(rho, x, sweeps, None)
