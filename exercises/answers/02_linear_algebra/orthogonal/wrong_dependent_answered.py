"""Rounding errors are normalised like any other vector."""
# fails: dependent_columns_are_refused, least_squares_of_dependent_columns


def gram_schmidt(A):
    V, n = A.clone(), A.shape[1]
    R = torch.zeros(n, n, dtype=A.dtype)
    for k in range(n):
        R[k, k] = V[:, k].square().sum().sqrt()
        V[:, k] /= R[k, k]
        R[k, k + 1 :] = V[:, k] @ V[:, k + 1 :]
        V[:, k + 1 :] -= V[:, k, None] * R[k, k + 1 :]
    return V, R
