"""The answer imported from the library."""
# fails: two_equations, factors_by_hand, factors_multiply_back, multipliers_of_at_most_one, zero_pivot, singular_factors, one_right_hand_side, several_right_hand_sides, singular_is_refused, nearly_singular_is_refused, determinants, determinant_of_a_singular_matrix, integers, dtype_and_inputs_kept

from dlcore.linalg import solve
