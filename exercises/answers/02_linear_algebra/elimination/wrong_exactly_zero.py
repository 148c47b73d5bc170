"""A pivot of 1e-17 counts as good."""
# fails: nearly_singular_is_refused


def solve(A, B):
    p, L, U = lu(A)
    if (U.diagonal() == 0).any():
        raise ValueError
    X = B.to(U.dtype)[p]
    for i in range(len(U)):
        X[i] -= L[i, :i] @ X[:i]
    for i in reversed(range(len(U))):
        X[i] = (X[i] - U[i, i + 1 :] @ X[i + 1 :]) / U[i, i]
    return X
