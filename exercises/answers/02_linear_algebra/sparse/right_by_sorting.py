"""A sort by place and running sums; the product by scatter_add."""


def to_csr(rows, cols, values, shape):
    order = torch.argsort(rows * shape[1] + cols)
    rows, cols, values = rows[order], cols[order], values[order]
    first = torch.ones(len(rows), dtype=torch.bool)
    first[1:] = (rows.diff() != 0) | (cols.diff() != 0)
    group = first.long().cumsum(0) - 1
    data = torch.zeros(int(first.sum()), dtype=values.dtype).scatter_add_(0, group, values)
    indptr = torch.searchsorted(rows[first].contiguous(), torch.arange(shape[0] + 1))
    return indptr, cols[first], data


def csr_matmul(indptr, indices, data, X):
    rows = torch.searchsorted(indptr, torch.arange(len(data)), right=True) - 1
    columns = X if X.dim() == 2 else X[:, None]
    terms = data[:, None] * columns[indices]
    out = torch.zeros(len(indptr) - 1, columns.shape[1], dtype=terms.dtype)
    out = out.scatter_add(0, rows[:, None].expand_as(terms), terms)
    return out if X.dim() == 2 else out[:, 0]
