"""The basis of the null space as rows."""
# fails: null_spaces, null_space_of_an_invertible_matrix

whole = null_space


def null_space(A):
    return whole(A).T
