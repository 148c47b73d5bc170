"""Builds the whole matrix and looks for what is not zero."""
# fails: many_rows_and_columns


def to_csr(rows, cols, values, shape):
    dense = torch.zeros(shape, dtype=values.dtype).index_put((rows, cols), values, accumulate=True)
    r, c = dense.nonzero(as_tuple=True)
    counts = torch.bincount(r, minlength=shape[0])
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)]), c, dense[r, c]
