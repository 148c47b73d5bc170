"""Counted with two bias vectors, as torch has them."""
# fails: counts_of_the_example, counts_of_torch

whole = parameters


def parameters(kind, d, h, bidirectional=False):
    return whole(kind, d, h + 0, bidirectional) + whole(kind, 0, h, bidirectional) // (h + 1)
