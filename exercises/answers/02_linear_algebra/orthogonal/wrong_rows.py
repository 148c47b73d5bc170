"""The rows are made orthonormal."""
# fails: two_columns_by_hand, mean_by_least_squares, factors_of_random_matrices, triangular_with_positive_diagonal, nearly_dependent_columns, tiny_columns_are_not_dependent, least_squares_of_random_systems, least_squares_of_nearly_dependent_columns, dtype_and_inputs_kept, dependent_columns_are_refused

whole = gram_schmidt


def gram_schmidt(A):
    Q, R = whole(A.T)
    return Q.T, R.T
