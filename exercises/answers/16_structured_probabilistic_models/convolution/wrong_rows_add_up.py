"""Divided by the degree of the row: the mean over neighbours."""
# fails: matrix_of_a_path, matrices_of_graphs, layers_of_graphs


def normalized_adjacency(edges, n):
    A = torch.eye(n, dtype=torch.float64)
    A[edges[0], edges[1]] = A[edges[1], edges[0]] = 1.0
    return A / A.sum(dim=1, keepdim=True)
