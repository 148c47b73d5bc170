"""Degrees without the self-loop."""
# fails: layer_of_a_pair, energies_of_graphs


def dirichlet_energy(H, edges):
    root = torch.bincount(edges.flatten(), minlength=len(H)).clamp(min=1).sqrt()
    scaled = H / root[:, None]
    return ((scaled[edges[0]] - scaled[edges[1]]) ** 2).sum()
