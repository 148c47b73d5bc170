"""The places are the middles."""
# fails: three_particles, shares_of_particles

with_u = systematic_resample


def systematic_resample(w, u):
    return with_u(w, 0.5)
