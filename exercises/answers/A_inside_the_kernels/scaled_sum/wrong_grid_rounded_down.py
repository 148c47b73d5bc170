"""The last, incomplete block has no program."""
# fails: ragged_end


def scaled_sum(x, y, out, alpha, BLOCK=8):
    n = x.numel()
    scaled_sum_kernel[(n // BLOCK,)](x, y, out, n, alpha, BLOCK)
