"""The right-hand side keeps its order."""
# fails: zero_pivot, one_right_hand_side, several_right_hand_sides


def solve(A, B):
    p, L, U = lu(A)
    if U.diagonal().abs().min() <= len(U) * torch.finfo(U.dtype).eps * A.abs().max():
        raise ValueError
    X = B.to(U.dtype, copy=True)
    for i in range(len(U)):
        X[i] -= L[i, :i] @ X[:i]
    for i in reversed(range(len(U))):
        X[i] = (X[i] - U[i, i + 1 :] @ X[i + 1 :]) / U[i, i]
    return X
