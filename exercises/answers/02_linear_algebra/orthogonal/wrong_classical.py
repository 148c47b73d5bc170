"""All components from the original column: the classical form."""
# fails: nearly_dependent_columns, least_squares_of_nearly_dependent_columns


def gram_schmidt(A):
    n = A.shape[1]
    Q, R = A.clone(), torch.zeros(n, n, dtype=A.dtype)
    for k in range(n):
        R[:k, k] = Q[:, :k].T @ A[:, k]
        v = A[:, k] - Q[:, :k] @ R[:k, k]
        R[k, k] = v.square().sum().sqrt()
        if R[k, k] <= 10 * n * torch.finfo(A.dtype).eps * A[:, k].square().sum().sqrt():
            raise ValueError
        Q[:, k] = v / R[k, k]
    return Q, R
