"""The sum of the weights for their mean."""
# fails: likelihood_by_particles

given = particle_filter


def particle_filter(doors, seen, moves, hit, n, generator):
    beliefs, total = given(doors, seen, moves, hit, n, generator)
    return beliefs, total + len(seen) * math.log(n)
