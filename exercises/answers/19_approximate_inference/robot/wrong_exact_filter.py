"""The exact filter in the place of particles."""
# fails: shares_of_particles, likelihood_by_particles

def particle_filter(doors, seen, moves, hit, n, generator):
    return grid_filter(doors, seen, moves, hit)
