"""Divided by the standard deviation, but not centred."""
# fails: one_row_by_hand, weight_and_bias, rows_lie_apart, ragged_row, far_from_zero, half_precision_input


@triton.jit
def layer_norm_kernel(x, weight, bias, y, d, x_stride, y_stride, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < d
    z = tl.load(x + row * x_stride + column, mask=inside, other=0.0).to(tl.float32)
    centred = tl.where(inside, z - tl.sum(z, 0) / d, 0.0)
    scale = tl.sqrt(tl.sum(centred * centred, 0) / d + eps)
    value = z / scale * tl.load(weight + column, mask=inside) + tl.load(bias + column, mask=inside)
    tl.store(y + row * y_stride + column, value, mask=inside)
