"""Elimination by rows of lists of tensors, the permutation by argsort of a shuffled identity; the determinant by a count of swaps."""


def lu(A):
    A = A if A.is_floating_point() else A.double()
    n, eps = len(A), 0
    U, order, below = list(A.clone()), list(range(n)), [[] for _ in range(n)]
    for k in range(n):
        i = max(range(k, n), key=lambda j: abs(U[j][k].item()))
        for thing in (U, order, below):
            thing[i], thing[k] = thing[k], thing[i]
        for j in range(k + 1, n):
            factor = U[j][k] / U[k][k] if U[k][k] != 0 else U[j][k] * 0
            below[j].append(factor)
            U[j] = U[j] - factor * U[k]
            U[j][k] = 0
    L = torch.eye(n, dtype=A.dtype)
    for j in range(n):
        for k, factor in enumerate(below[j]):
            L[j, k] = factor
    return torch.tensor(order), L, torch.stack(U)


def solve(A, B):
    p, L, U = lu(A)
    if (U.diag().abs() <= len(A) * torch.finfo(U.dtype).eps * A.abs().max()).any():
        raise ValueError
    y = torch.zeros_like(B, dtype=U.dtype)
    for i, row in enumerate(p.tolist()):
        y[i] = B[row] - torch.tensordot(L[i, :i], y[:i], dims=1)
    for i in range(len(A) - 1, -1, -1):
        y[i] = (y[i] - torch.tensordot(U[i, i + 1 :], y[i + 1 :], dims=1)) / U[i, i]
    return y


def det(A):
    p, _, U = lu(A)
    p, sign = p.tolist(), 1
    for i in range(len(p)):
        while p[i] != i:
            j = p[i]
            p[i], p[j] = p[j], p[i]
            sign = -sign
    return sign * torch.prod(U.diag())
