"""Columns are only exchanged and their signs changed."""
# fails: best_orthogonal_matrix


def align(A, B):
    C = A.T @ B
    R = torch.zeros_like(C)
    for j in range(len(C)):
        i = int(C[:, j].abs().argmax())
        R[i, j] = torch.sign(C[i, j])
    return R
