"""Columns as they are."""
# fails: alignment_of_kernels


def linear_cka(A, B):
    return ((A.T @ B) ** 2).sum() / ((A.T @ A).norm() * (B.T @ B).norm())
