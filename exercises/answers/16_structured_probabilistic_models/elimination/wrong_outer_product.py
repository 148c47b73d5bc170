"""The shared variable is summed at once, as in a product of matrices."""
# fails: product_and_sum_by_hand, two_factors_by_hand, products_of_einsum, marginals_of_einsum, sizes_of_tables, chain_of_sixty

multiply_and_keep = multiply


def multiply(a, b):
    names, table = multiply_and_keep(a, b)
    for v in set(a[0]) & set(b[0]):
        table = table.sum(dim=names.index(v))
        names = tuple(u for u in names if u != v)
    return names, table
