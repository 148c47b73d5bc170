"""The dtype of the values is lost."""
# fails: three_rows_by_hand, dtype_and_inputs_kept

whole = to_csr


def to_csr(rows, cols, values, shape):
    indptr, indices, data = whole(rows, cols, values, shape)
    return indptr, indices, data.double()
