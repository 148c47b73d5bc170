"""The answer imported from the library."""
# fails: all

import dlcore.inference


def probit_moments(a, m, v):
    return dlcore.inference.probit_tilted(a, m, v)


def ep(moments, n, m0, v0, sweeps):
    return dlcore.inference.expectation_propagation(moments, n, m0, v0)


def laplace(a, m0, v0):
    return dlcore.inference.laplace_approximation(lambda w: torch.special.log_ndtr(a * w).sum(), torch.zeros(1))
