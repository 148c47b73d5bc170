"""The constant added after the power."""
# fails: kernels_by_hand, polynomials_of_many_points


def polynomial_kernel(X, Z, c, degree):
    return (X @ Z.T) ** degree + c
