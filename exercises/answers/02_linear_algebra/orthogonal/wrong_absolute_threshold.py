"""A column shorter than 1e-12 counts as dependent."""
# fails: tiny_columns_are_not_dependent

whole = gram_schmidt


def gram_schmidt(A):
    if (A.square().sum(dim=0).sqrt() < 1e-12).any():
        raise ValueError
    return whole(A)
