"""Rows divided by the diagonal: right eigenvalues, but no symmetric matrix."""
# fails: scaling


def jacobi_scaled(A):
    d = A.diagonal()
    if (d <= 0).any():
        raise ValueError
    return A / d[:, None]
