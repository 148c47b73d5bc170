"""Where only zero is mapped to zero, the zero vector is given as a basis."""
# fails: null_space_of_an_invertible_matrix

whole = null_space


def null_space(A):
    N = whole(A)
    return N if N.shape[1] else torch.zeros(A.shape[1], 1, dtype=A.dtype)
