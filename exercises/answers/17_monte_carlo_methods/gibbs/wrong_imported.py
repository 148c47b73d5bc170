"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import gibbs_bivariate_normal


def gibbs_bivariate(rho, x, sweeps, generator):
    return gibbs_bivariate_normal(rho, x, sweeps, generator=generator).samples
