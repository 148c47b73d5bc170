"""Differences that are not scaled by the degrees."""
# fails: layer_of_a_pair, energies_of_graphs


def dirichlet_energy(H, edges):
    return ((H[edges[0]] - H[edges[1]]) ** 2).sum()
