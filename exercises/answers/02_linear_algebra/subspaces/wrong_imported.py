"""The answer imported from the library."""
# fails: echelon_form_by_hand, three_vectors_in_a_plane, echelon_forms_of_random_matrices, largest_entry_as_pivot, rounding_is_no_rank, tolerance_is_relative, zero_matrix, null_spaces, null_space_of_an_invertible_matrix, dependent_though_no_two_are_parallel, any_number_of_vectors, dtype_and_inputs_kept

from dlcore.linalg import rref
