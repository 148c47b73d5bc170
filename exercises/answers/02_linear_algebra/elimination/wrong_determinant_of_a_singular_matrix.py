"""The determinant of a singular matrix raises an error instead of being 0."""
# fails: determinant_of_a_singular_matrix

whole = det


def det(A):
    solve(A, torch.ones(len(A), dtype=A.dtype))
    return whole(A)
