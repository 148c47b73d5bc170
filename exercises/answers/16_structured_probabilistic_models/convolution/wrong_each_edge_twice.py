"""Each edge is counted in both directions."""
# fails: layer_of_a_pair, energies_of_graphs

energy_of_single_edges = dirichlet_energy


def dirichlet_energy(H, edges):
    return 2 * energy_of_single_edges(H, edges)
