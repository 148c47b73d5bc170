"""The answer imported from the library."""
# fails: all

import dlcore.inference


def grid_filter(doors, seen, moves, hit):
    return dlcore.inference.localize(doors, seen, moves, hit)


def particle_filter(doors, seen, moves, hit, n, generator):
    return dlcore.inference.particle_filter(doors, seen, moves, hit, n, generator)
