"""The loads are masked, the store is not."""
# fails: ragged_end


@triton.jit
def scaled_sum_kernel(x, y, out, n, alpha, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    value = alpha * tl.load(x + i, mask=i < n) + tl.load(y + i, mask=i < n)
    tl.store(out + i, value)
