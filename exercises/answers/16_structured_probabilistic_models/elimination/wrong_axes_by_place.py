"""The shared variable is taken to be the last of the first factor and the first of the second."""
# fails: products_of_einsum, marginals_of_einsum, sizes_of_tables, chain_of_sixty

multiply_at_any_place = multiply


def multiply(a, b):
    if len(set(a[0]) & set(b[0])) != 1:
        return multiply_at_any_place(a, b)
    names = (*a[0], *[v for v in b[0] if v not in a[0]])
    return names, (a[1].reshape(-1, a[1].shape[-1], 1) * b[1].reshape(1, b[1].shape[0], -1)).reshape(*a[1].shape, *b[1].shape[1:])
