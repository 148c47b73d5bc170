"""The second coordinate is drawn first."""
# fails: means_of_one_sweep, way_from_a_far_start

first_of_both = gibbs_bivariate


def gibbs_bivariate(rho, x, sweeps, generator):
    return first_of_both(rho, x.flip(1), sweeps, generator).flip(2)
