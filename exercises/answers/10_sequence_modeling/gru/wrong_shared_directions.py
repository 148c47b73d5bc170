"""Both directions counted as one."""
# fails: counts_of_torch

whole = parameters


def parameters(kind, d, h, bidirectional=False):
    return whole(kind, d, h)
