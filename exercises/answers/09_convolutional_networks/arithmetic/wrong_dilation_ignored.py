"""The dilation left out of the size."""
# fails: sizes_of_torch, kernels_that_do_not_fit


def output_size(n, k, s=1, p=0, d=1):
    if k > n + 2 * p:
        raise ValueError("no place for the kernel")
    return (n + 2 * p - k) // s + 1
