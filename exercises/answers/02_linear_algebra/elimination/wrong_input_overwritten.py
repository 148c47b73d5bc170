"""Elimination in the matrix that was given."""
# fails: dtype_and_inputs_kept

whole = lu


def lu(A):
    p, L, U = whole(A)
    if A.is_floating_point():
        A.copy_(U)
    return p, L, U


def solve(A, B):
    p, L, U = lu(A.clone())
    if U.diagonal().abs().min() <= len(U) * torch.finfo(U.dtype).eps * A.abs().max():
        raise ValueError
    X = B.to(U.dtype)[p]
    for i in range(len(U)):
        X[i] -= L[i, :i] @ X[:i]
    for i in reversed(range(len(U))):
        X[i] = (X[i] - U[i, i + 1 :] @ X[i + 1 :]) / U[i, i]
    return X
