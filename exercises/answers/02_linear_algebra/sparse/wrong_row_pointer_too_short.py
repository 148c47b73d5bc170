"""The row pointer lacks its last entry."""
# fails: three_rows_by_hand, coordinates_in_any_order, empty_rows, values_at_the_same_place

whole = to_csr


def to_csr(rows, cols, values, shape):
    indptr, indices, data = whole(rows, cols, values, shape)
    return indptr[:-1], indices, data
