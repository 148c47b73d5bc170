"""The gradient of the left factor without the transpose: right in shape for a square factor only."""
# fails: small_product, product_of_rectangular_matrices


def matmul(a, b):
    return a @ b, lambda g: (g @ b, a.T @ g)
