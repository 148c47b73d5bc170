"""Builds the whole matrix and multiplies."""
# fails: product_with_many_columns


def csr_matmul(indptr, indices, data, X):
    m = len(indptr) - 1
    rows = torch.repeat_interleave(torch.arange(m), indptr.diff())
    return torch.zeros(m, len(X), dtype=data.dtype).index_put((rows, indices), data) @ X
