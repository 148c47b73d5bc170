"""The answer imported from the library."""
# fails: two_columns_by_hand, mean_by_least_squares, factors_of_random_matrices, triangular_with_positive_diagonal, nearly_dependent_columns, dependent_columns_are_refused, tiny_columns_are_not_dependent, least_squares_of_random_systems, least_squares_of_nearly_dependent_columns, least_squares_of_dependent_columns, dtype_and_inputs_kept

from dlcore.linalg import gram_schmidt
