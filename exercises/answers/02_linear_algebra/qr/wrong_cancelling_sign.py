"""The length subtracted where the first entry has its sign."""
# fails: no_cancellation


def householder_qr(A):
    m, n = A.shape
    Q, R = torch.eye(m, dtype=A.dtype), A.clone()
    for k in range(min(m - 1, n)):
        v = R[k:, k].clone()
        v[0] -= torch.copysign(v.square().sum().sqrt(), v[0])
        length = v.square().sum().sqrt()
        if length > 0:
            v /= length
            R[k:] -= 2 * torch.outer(v, v @ R[k:])
            Q[:, k:] -= 2 * torch.outer(Q[:, k:] @ v, v)
    return Q[:, :n], R[:n].triu()
