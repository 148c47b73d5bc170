"""The old sum is kept as it is when the maximum grows."""
# fails: two_blocks_by_hand, rows_lie_apart, maximum_rises_and_falls, large_logits


@triton.jit
def online_softmax_kernel(x, y, d, x_stride, y_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    m = -float("inf")
    s = 0.0
    for start in range(0, d, BLOCK):
        i = start + column
        z = tl.load(x + row * x_stride + i, mask=i < d, other=-float("inf"))
        m = tl.maximum(m, tl.max(z, 0))
        shift = tl.where(m == -float("inf"), 0.0, m)
        s = s + tl.sum(tl.exp(z - shift), 0)
    for start in range(0, d, BLOCK):
        i = start + column
        z = tl.load(x + row * x_stride + i, mask=i < d, other=0.0)
        tl.store(y + row * y_stride + i, tl.exp(z - m) / s, mask=i < d)
