"""The kernel ignores BLOCK."""
# fails: other_block_sizes


def scaled_sum(x, y, out, alpha, BLOCK=8):
    n = x.numel()
    scaled_sum_kernel[(triton.cdiv(n, 8),)](x, y, out, n, alpha, BLOCK)
