"""The product of the pivots without the sign of the swaps."""
# fails: determinants, integers


def det(A):
    return lu(A)[2].diagonal().prod()
