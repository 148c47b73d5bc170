"""A singular matrix gives NaN in its factors."""
# fails: singular_factors, singular_is_refused


def lu(A):
    U = A.clone() if A.is_floating_point() else A.to(torch.float64)
    n = len(U)
    L, p = torch.eye(n, dtype=U.dtype), torch.arange(n)
    for k in range(n):
        i = k + int(U[k:, k].abs().argmax())
        U[[k, i]], p[[k, i]], L[[k, i], :k] = U[[i, k]], p[[i, k]], L[[i, k], :k]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= L[k + 1 :, k, None] * U[k]
        U[k + 1 :, k] = 0
    return p, L, U
