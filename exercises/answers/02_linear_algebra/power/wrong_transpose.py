"""Powers of the transposed matrix."""
# fails: matrix_that_is_not_symmetric

whole = power_iteration


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    return whole(A.T, v, tol, max_steps)
