"""The tolerance does not know how large the matrix is."""
# fails: tolerance_is_relative, zero_matrix, any_number_of_vectors

whole = rref


def rref(A, rtol=1e-9):
    return whole(A, rtol / max(float(A.abs().max()), 1e-300))
