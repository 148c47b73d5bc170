"""Solves the first n equations and forgets the others."""
# fails: mean_by_least_squares, least_squares_of_random_systems, least_squares_of_nearly_dependent_columns


def lstsq(A, b):
    Q, R = gram_schmidt(A[: A.shape[1]])
    return torch.linalg.solve_triangular(R, (Q.T @ b[: A.shape[1]])[:, None], upper=True)[:, 0]
