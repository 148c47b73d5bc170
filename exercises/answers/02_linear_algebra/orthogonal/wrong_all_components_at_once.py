"""The components of b from b itself, by one product."""
# fails: least_squares_of_nearly_dependent_columns


def lstsq(A, b):
    Q, R = gram_schmidt(A)
    return torch.linalg.solve_triangular(R, (Q.T @ b)[:, None], upper=True)[:, 0]
