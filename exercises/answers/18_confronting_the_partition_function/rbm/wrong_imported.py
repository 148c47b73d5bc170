"""The answer imported from the library."""
# fails: all

import dlcore.energy


def free_energy(v, W, b, c):
    return dlcore.energy.RBM(len(b), len(c)).free_energy(v)
