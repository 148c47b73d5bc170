"""What is beyond the row counts as a logit of 0."""
# fails: ragged_row


@triton.jit
def online_softmax_kernel(x, y, d, x_stride, y_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    m = -float("inf")
    s = 0.0
    for start in range(0, d, BLOCK):
        i = start + column
        z = tl.load(x + row * x_stride + i, mask=i < d, other=0.0)
        m_new = tl.maximum(m, tl.max(z, 0))
        shift = tl.where(m_new == -float("inf"), 0.0, m_new)
        s = s * tl.exp(m - shift) + tl.sum(tl.exp(z - shift), 0)
        m = m_new
    for start in range(0, d, BLOCK):
        i = start + column
        z = tl.load(x + row * x_stride + i, mask=i < d, other=0.0)
        tl.store(y + row * y_stride + i, tl.exp(z - m) / s, mask=i < d)
