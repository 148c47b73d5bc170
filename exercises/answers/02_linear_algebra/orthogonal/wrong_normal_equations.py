"""Elimination on the normal equations, which square the condition number."""
# fails: least_squares_of_nearly_dependent_columns, least_squares_of_dependent_columns


def lstsq(A, b):
    n = A.shape[1]
    M = torch.cat([A.T @ A, (A.T @ b)[:, None]], dim=1)
    for k in range(n):
        M[k] = M[k] / M[k, k]
        for i in range(n):
            if i != k:
                M[i] = M[i] - M[i, k] * M[k]
    return M[:, n]
