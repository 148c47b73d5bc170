"""Sorted by the signed value."""
# fails: deflation_with_signs

whole = top_eigenpairs


def top_eigenpairs(A, k, generator):
    values, vectors = whole(A, k, generator)
    order = values.argsort(descending=True)
    return values[order], vectors[:, order]
