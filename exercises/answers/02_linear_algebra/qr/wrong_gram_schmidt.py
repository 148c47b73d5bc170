"""Gram-Schmidt, which loses orthogonality where columns nearly depend on each other."""
# fails: nearly_dependent_columns


def householder_qr(A):
    V, n = A.clone(), A.shape[1]
    R = torch.zeros(n, n, dtype=A.dtype)
    for k in range(n):
        R[k, k] = V[:, k].square().sum().sqrt()
        if R[k, k] == 0:
            V[:, k] = torch.eye(len(V), dtype=A.dtype)[k]
            continue
        V[:, k] /= R[k, k]
        R[k, k + 1 :] = V[:, k] @ V[:, k + 1 :]
        V[:, k + 1 :] -= V[:, k, None] * R[k, k + 1 :]
    return V, R
