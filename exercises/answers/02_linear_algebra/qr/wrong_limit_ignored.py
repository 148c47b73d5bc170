"""Goes on however long it takes."""
# fails: too_few_steps

whole = eigenvalues


def eigenvalues(T, tol=1e-13, max_steps=None):
    return whole(T, tol)
