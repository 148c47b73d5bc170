"""The norm of the numerator is not squared."""
# fails: partners_and_copies, alignment_of_kernels


def linear_cka(A, B):
    A, B = A - A.mean(dim=0), B - B.mean(dim=0)
    return (A.T @ B).norm() / ((A.T @ A).norm() * (B.T @ B).norm())
