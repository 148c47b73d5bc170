"""Integers are divided and cut."""
# fails: integers


def lu(A):
    U = A.clone()
    n = len(U)
    L, p = torch.eye(n, dtype=U.dtype), torch.arange(n)
    for k in range(n):
        i = k + int(U[k:, k].abs().argmax())
        U[[k, i]], p[[k, i]], L[[k, i], :k] = U[[i, k]], p[[i, k]], L[[i, k], :k]
        if U[k, k] != 0:
            L[k + 1 :, k] = (U[k + 1 :, k] / U[k, k]).to(U.dtype)
            U[k + 1 :] -= L[k + 1 :, k, None] * U[k]
            U[k + 1 :, k] = 0
    return p, L, U
