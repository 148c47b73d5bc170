"""No gradient flows to the weights of the layer, none from the energy."""
# fails: layers_of_graphs, energies_of_graphs

layer, energy = gcn_layer, dirichlet_energy


def gcn_layer(H, edges, W):
    return layer(H, edges, W.detach())


def dirichlet_energy(H, edges):
    return energy(H.detach(), edges)
