"""Whether the graphs are isomorphic, by their spectra."""
# fails: triangles_and_hexagon, colors_of_networkx


def same_colors(edges, n, other_edges, m):
    spectra = [torch.linalg.eigvalsh(normalized_adjacency(e, k)) for e, k in ((edges, n), (other_edges, m))]
    return n == m and torch.allclose(*spectra)
