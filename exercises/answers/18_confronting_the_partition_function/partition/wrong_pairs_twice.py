"""Each pair counts twice."""
# fails: pair_of_spins, energies_of_magnets

def ising_energy(s, J, h):
    return -((s @ J) * s).sum(dim=1) - s @ h
