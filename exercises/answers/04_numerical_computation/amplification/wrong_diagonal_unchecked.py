"""nan for a negative diagonal entry."""
# fails: scaling_refuses


def jacobi_scaled(A):
    d = A.diagonal().sqrt()
    return A / d[:, None] / d
