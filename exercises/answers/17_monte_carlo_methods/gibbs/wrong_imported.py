"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def gibbs_bivariate(rho, x, sweeps, generator):
    return library.gibbs_bivariate_normal(rho, x, sweeps, generator=generator)


def site_matrix(table, axis):
    return library.mh_transition_matrix(table.flatten(), table)


def up_probability(s, i, j, J, h):
    return library.gibbs_ising(s, J, h)


def ising_sweep(s, J, h, generator):
    return library.gibbs_ising(s, J, h, generator=generator)
