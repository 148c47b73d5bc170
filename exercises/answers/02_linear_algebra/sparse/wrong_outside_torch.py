"""Python numbers on the way: no gradient."""
# fails: gradient_of_the_product

whole = csr_matmul


def csr_matmul(indptr, indices, data, X):
    return whole(indptr, indices, data.detach(), X.detach())
