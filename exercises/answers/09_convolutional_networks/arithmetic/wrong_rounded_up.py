"""The last kernel placed although it hangs over the end."""
# fails: sides_by_hand, sizes_of_torch, products_counted


def output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + 2 * p:
        raise ValueError("no place for the kernel")
    return math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1
