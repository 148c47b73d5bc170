"""Zeros for a kernel without dilation."""
# fails: sizes_that_stay


def same_padding(k, d=1):
    return (k - 1) // 2, k - 1 - (k - 1) // 2
