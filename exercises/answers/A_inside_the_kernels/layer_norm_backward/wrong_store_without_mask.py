"""The block is stored as a whole."""
# fails: ragged_row


@triton.jit
def layer_norm_backward_kernel(x, weight, g, dx, d, x_stride, g_stride, dx_stride, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < d
    z = tl.load(x + row * x_stride + column, mask=inside, other=0.0)
    centred = tl.where(inside, z - tl.sum(z, 0) / d, 0.0)
    scale = tl.sqrt(tl.sum(centred * centred, 0) / d + eps)
    x_hat = centred / scale
    v = tl.load(g + row * g_stride + column, mask=inside, other=0.0)
    v *= tl.load(weight + column, mask=inside, other=0.0)
    value = (v - tl.sum(v, 0) / d - x_hat * tl.sum(v * x_hat, 0) / d) / scale
    tl.store(dx + row * dx_stride + column, value)
