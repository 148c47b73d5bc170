"""The first place not counted."""
# fails: sides_by_hand, sizes_of_torch, kernels_that_do_not_fit, products_counted, totals_of_vgg


def output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + 2 * p:
        raise ValueError("no place for the kernel")
    return (n + 2 * p - d * (k - 1) - 1) // s
