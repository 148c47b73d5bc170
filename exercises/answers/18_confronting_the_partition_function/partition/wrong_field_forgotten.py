"""No field in the energy."""
# fails: energies_of_magnets

def ising_energy(s, J, h):
    return -((s @ J) * s).sum(dim=1) / 2
