"""The padding counted once, not for each side."""
# fails: sides_by_hand, sizes_of_torch, kernels_that_do_not_fit, products_counted, totals_of_vgg


def output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + p:
        raise ValueError("no place for the kernel")
    return (n + p - d * (k - 1) - 1) // s + 1
