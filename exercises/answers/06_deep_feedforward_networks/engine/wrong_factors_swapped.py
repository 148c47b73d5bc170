"""The gradients of the two factors, swapped."""
# fails: small_product, product_of_rectangular_matrices, right_factor_of_a_square_product


def matmul(a, b):
    return a @ b, lambda g: (a.T @ g, g @ b.T)
