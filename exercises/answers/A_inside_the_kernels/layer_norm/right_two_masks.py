"""The reciprocal root, the mean as a weighted sum, the mask as a number."""


@triton.jit
def layer_norm_kernel(x, weight, bias, y, d, x_stride, y_stride, eps, BLOCK: tl.constexpr):
    x += tl.program_id(0) * x_stride
    y += tl.program_id(0) * y_stride
    j = tl.arange(0, BLOCK)
    m = (j < d).to(tl.float32)
    w = tl.load(weight + j, mask=j < d, other=0.0)
    b = tl.load(bias + j, mask=j < d, other=0.0)
    z = tl.load(x + j, mask=j < d, other=0.0).to(tl.float32)
    z = (z - tl.sum(z / d, 0)) * m
    tl.store(y + j, z * tl.rsqrt(tl.sum(z * z / d, 0) + eps) * w + b, mask=j < d)
