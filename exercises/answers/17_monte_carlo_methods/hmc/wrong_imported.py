"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def leapfrog(x, p, grad, step, n, mass):
    return library.leapfrog(x, p, grad, step, n)


def hmc(U, grad, x, step, n, draws, mass, generator):
    return library.hamiltonian_monte_carlo(lambda x: -U(x), x, draws, generator=generator)
