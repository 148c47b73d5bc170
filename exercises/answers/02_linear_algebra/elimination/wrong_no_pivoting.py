"""The diagonal entry is the pivot, whatever it is."""
# fails: factors_by_hand, multipliers_of_at_most_one, zero_pivot, singular_factors, singular_is_refused, determinants


def lu(A):
    U = A.clone() if A.is_floating_point() else A.to(torch.float64)
    n = len(U)
    L = torch.eye(n, dtype=U.dtype)
    for k in range(n):
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= L[k + 1 :, k, None] * U[k]
        U[k + 1 :, k] = 0
    return torch.arange(n), L, U
