"""No reflections."""
# fails: exchanged_factors, best_orthogonal_matrix


def align(A, B):
    U, _, Vh = torch.linalg.svd(A.T @ B)
    signs = torch.ones(len(U), dtype=U.dtype)
    signs[-1] = torch.sign(torch.det(U @ Vh))
    return U * signs @ Vh
