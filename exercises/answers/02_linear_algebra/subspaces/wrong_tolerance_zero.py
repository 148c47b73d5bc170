"""Whatever is not exactly zero is a pivot."""
# fails: echelon_forms_of_random_matrices, rounding_is_no_rank, tolerance_is_relative, null_spaces, dependent_though_no_two_are_parallel

whole = rref


def rref(A, rtol=1e-9):
    return whole(A, 0.0)
