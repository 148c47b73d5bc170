"""The projection first, by the centred numbers and the reciprocal root."""


@triton.jit
def layer_norm_backward_kernel(x, weight, g, dx, d, x_stride, g_stride, dx_stride, eps, BLOCK: tl.constexpr):
    r, j = tl.program_id(0), tl.arange(0, BLOCK)
    w = tl.load(weight + j, mask=j < d, other=0.0)
    v = w * tl.load(g + r * g_stride + j, mask=j < d, other=0.0)
    z = tl.load(x + r * x_stride + j, mask=j < d, other=0.0)
    z = tl.where(j < d, z - tl.sum(z, 0) / d, 0.0)
    rstd = tl.rsqrt(tl.sum(z * z, 0) / d + eps)
    along = tl.sum(v * z, 0) * rstd * rstd / d
    tl.store(dx + r * dx_stride + j, rstd * (v - z * along - tl.sum(v, 0) / d), mask=j < d)
