"""The answer imported from the library."""
# fails: two_unknowns, well_conditioned_system, as_many_steps_as_distinct_eigenvalues, one_product_a_step, zero_right_hand_side, tolerance_is_relative, indefinite_matrix_is_refused, too_few_steps, just_enough_steps, dtype_and_inputs_kept

from dlcore.linalg import conjugate_gradient
