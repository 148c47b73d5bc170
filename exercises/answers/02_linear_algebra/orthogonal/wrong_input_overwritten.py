"""Columns are normalised where they are, b is reduced where it is."""
# fails: dtype_and_inputs_kept

whole, solution = gram_schmidt, lstsq


def gram_schmidt(A):
    Q, R = whole(A)
    A.copy_(Q)
    return Q, R


def lstsq(A, b):
    Q, R = gram_schmidt(A.clone())
    y = torch.zeros(len(R), dtype=A.dtype)
    for k in range(len(R)):
        y[k] = Q[:, k] @ b
        b -= y[k] * Q[:, k]
    return torch.linalg.solve_triangular(R, y[:, None], upper=True)[:, 0]
