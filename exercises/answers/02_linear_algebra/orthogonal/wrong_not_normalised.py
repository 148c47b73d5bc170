"""Orthogonal columns that keep their lengths."""
# fails: two_columns_by_hand, mean_by_least_squares, factors_of_random_matrices, triangular_with_positive_diagonal, nearly_dependent_columns, tiny_columns_are_not_dependent, least_squares_of_random_systems, least_squares_of_nearly_dependent_columns

whole = gram_schmidt


def gram_schmidt(A):
    Q, R = whole(A)
    d = R.diagonal().clone()
    return Q * d, R / d[:, None]
