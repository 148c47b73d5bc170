"""Sizes of zero and less returned."""
# fails: kernels_that_do_not_fit


def output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1
