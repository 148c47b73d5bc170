"""The answer imported from the library."""
# fails: quotients_by_hand, two_by_two, dominant_pair, negative_eigenvalue, matrix_that_is_not_symmetric, large_and_small_eigenvalues, no_convergence_is_reported, zero_start_is_refused, deflation, deflation_with_signs, dtype_and_inputs_kept

from dlcore.linalg import power_iteration
