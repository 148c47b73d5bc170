"""As many nodes as the largest number in the edges."""
# fails: matrices_of_graphs

matrix_of_n_nodes = normalized_adjacency


def normalized_adjacency(edges, n):
    n = int(edges.max()) + 1 if edges.numel() else 0
    return matrix_of_n_nodes(edges, n)
