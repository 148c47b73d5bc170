"""The matrix without self-loops; a node without edges gets zeros."""
# fails: matrix_of_a_path, layer_of_a_pair, matrices_of_graphs, layers_of_graphs


def normalized_adjacency(edges, n):
    A = torch.zeros(n, n, dtype=torch.float64)
    A[edges[0], edges[1]] = A[edges[1], edges[0]] = 1.0
    root = A.sum(dim=1).clamp(min=1).sqrt()
    return A / root[:, None] / root
