"""The mean over edges."""
# fails: energies_of_graphs

energy_summed = dirichlet_energy


def dirichlet_energy(H, edges):
    return energy_summed(H, edges) / max(edges.shape[1], 1)
