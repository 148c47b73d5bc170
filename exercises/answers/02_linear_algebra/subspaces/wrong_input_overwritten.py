"""Elimination in the matrix that was given."""
# fails: dtype_and_inputs_kept

whole = rref


def rref(A, rtol=1e-9):
    R, pivots = whole(A, rtol)
    return A.copy_(R), pivots


def null_space(A):
    R, pivots = rref(A.clone())
    free = [c for c in range(A.shape[1]) if c not in pivots]
    N = torch.zeros(A.shape[1], len(free), dtype=A.dtype)
    N[free] = torch.eye(len(free), dtype=A.dtype)
    N[pivots] = -R[: len(pivots), free]
    return N
