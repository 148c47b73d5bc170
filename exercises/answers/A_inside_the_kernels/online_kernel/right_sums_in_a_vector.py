"""A maximum and a sum for each place of the block, put together at the end."""


@triton.jit
def online_softmax_kernel(x, y, d, x_stride, y_stride, BLOCK: tl.constexpr):
    x += tl.program_id(0) * x_stride
    y += tl.program_id(0) * y_stride
    column = tl.arange(0, BLOCK)
    m = tl.full((BLOCK,), -1e30, tl.float32)
    s = tl.zeros((BLOCK,), tl.float32)
    for start in range(0, d, BLOCK):
        z = tl.load(x + start + column, mask=start + column < d, other=-float("inf"))
        m_new = tl.maximum(m, z)
        s = s * tl.exp(m - m_new) + tl.exp(z - m_new)
        m = m_new
    top = tl.max(m, 0)
    total = tl.sum(s * tl.exp(m - top), 0)
    for start in range(0, d, BLOCK):
        z = tl.load(x + start + column, mask=start + column < d, other=0.0)
        tl.store(y + start + column, tl.exp(z - top) / total, mask=start + column < d)
