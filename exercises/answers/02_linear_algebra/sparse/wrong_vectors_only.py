"""Made for vectors: with a matrix of as many columns as entries it would even broadcast."""
# fails: product_with_a_matrix, gradient_of_the_product


def csr_matmul(indptr, indices, data, X):
    rows = torch.repeat_interleave(torch.arange(len(indptr) - 1), indptr.diff())
    return torch.zeros(len(indptr) - 1, dtype=X.dtype).index_add(0, rows, data * X[indices])
