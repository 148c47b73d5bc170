"""Rows of U change places, the multipliers in L do not."""
# fails: factors_multiply_back, one_right_hand_side, several_right_hand_sides


def lu(A):
    U = A.clone() if A.is_floating_point() else A.to(torch.float64)
    n = len(U)
    L, p = torch.eye(n, dtype=U.dtype), torch.arange(n)
    for k in range(n):
        i = k + int(U[k:, k].abs().argmax())
        U[[k, i]], p[[k, i]] = U[[i, k]], p[[i, k]]
        if U[k, k] != 0:
            L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
            U[k + 1 :] -= L[k + 1 :, k, None] * U[k]
            U[k + 1 :, k] = 0
    return p, L, U
