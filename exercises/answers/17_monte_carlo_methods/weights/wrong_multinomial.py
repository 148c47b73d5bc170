"""Multinomial draws."""
# fails: three_particles, shares_of_particles


def systematic_resample(w, u):
    g = torch.Generator().manual_seed(int(1000 * u))
    return torch.multinomial(w, len(w), replacement=True, generator=g).sort().values
