"""The cosine of the two matrices, which must have one width."""
# fails: partners_and_copies, alignment_of_kernels


def linear_cka(A, B):
    A, B = A - A.mean(dim=0), B - B.mean(dim=0)
    return (A * B).sum() / (A.norm() * B.norm())
