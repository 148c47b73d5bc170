"""Divides by the largest entry first, which may be zero."""
# fails: zero_matrix

whole = rref


def rref(A, rtol=1e-9):
    return whole(A / A.abs().max(), rtol) if A.any() else (A / A.abs().max(), [])
