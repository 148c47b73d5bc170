"""The product with the transposed matrix."""
# fails: product_by_hand, product_with_a_vector, product_with_a_matrix, product_with_many_columns, gradient_of_the_product, dtype_and_inputs_kept


def csr_matmul(indptr, indices, data, X):
    rows = torch.repeat_interleave(torch.arange(len(indptr) - 1), indptr.diff())
    terms = (data if X.dim() == 1 else data[:, None]) * X[rows]
    return torch.zeros(len(indptr) - 1, *X.shape[1:], dtype=X.dtype).index_add(0, indices, terms)
