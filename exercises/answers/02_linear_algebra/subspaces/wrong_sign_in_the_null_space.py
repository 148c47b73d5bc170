"""The entries of the echelon form without their minus."""
# fails: null_spaces


def null_space(A):
    R, pivots = rref(A)
    free = [c for c in range(A.shape[1]) if c not in pivots]
    N = torch.zeros(A.shape[1], len(free), dtype=A.dtype)
    N[free] = torch.eye(len(free), dtype=A.dtype)
    N[pivots] = R[: len(pivots), free]
    return N
