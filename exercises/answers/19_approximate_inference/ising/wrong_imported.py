"""The answer imported from the library."""
# fails: all

from dlcore.inference import mean_field_ising


def mean_field(J, h, m, sweeps):
    return mean_field_ising(J, h, start=m, steps=sweeps).m
