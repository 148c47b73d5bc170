"""Eigenvectors as rows."""
# fails: deflation

whole = top_eigenpairs


def top_eigenpairs(A, k, generator):
    values, vectors = whole(A, k, generator)
    return values, vectors.T
