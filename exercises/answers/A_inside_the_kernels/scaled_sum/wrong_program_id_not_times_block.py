"""Block p is taken to begin at p."""
# fails: several_blocks, ragged_end, other_block_sizes


@triton.jit
def scaled_sum_kernel(x, y, out, n, alpha, BLOCK: tl.constexpr):
    i = tl.program_id(0) + tl.arange(0, BLOCK)
    value = alpha * tl.load(x + i, mask=i < n) + tl.load(y + i, mask=i < n)
    tl.store(out + i, value, mask=i < n)
