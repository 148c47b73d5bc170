"""Zero divided by zero where there is nothing to reflect."""
# fails: zero_columns


def householder_qr(A):
    m, n = A.shape
    Q, R = torch.eye(m, dtype=A.dtype), A.clone()
    for k in range(min(m - 1, n)):
        v = R[k:, k].clone()
        v[0] += torch.copysign(v.square().sum().sqrt(), v[0])
        v /= v.square().sum().sqrt()
        R[k:] -= 2 * torch.outer(v, v @ R[k:])
        Q[:, k:] -= 2 * torch.outer(Q[:, k:] @ v, v)
    return Q[:, :n], R[:n].triu()
