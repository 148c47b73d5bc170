"""Always the first axis is summed."""
# fails: products_of_einsum, marginals_of_einsum, sizes_of_tables


def sum_out(factor, name):
    names, table = factor
    return tuple(v for v in names if v != name), table.sum(dim=0)
