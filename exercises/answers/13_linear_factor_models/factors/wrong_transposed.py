"""The other way round."""
# fails: best_orthogonal_matrix

plain_align = align


def align(A, B):
    return plain_align(B, A)
