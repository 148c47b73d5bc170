"""The mask written out, the grid by a rounded-up division, the grid as a function."""


@triton.jit
def scaled_sum_kernel(x, y, out, n, alpha, BLOCK: tl.constexpr):
    begin = BLOCK * tl.program_id(axis=0)
    offsets = begin + tl.arange(0, BLOCK)
    a = tl.load(x + offsets, mask=offsets < n, other=0.0)
    b = tl.load(y + offsets, mask=offsets < n, other=0.0)
    tl.store(out + offsets, b + a * alpha, mask=offsets < n)


def scaled_sum(x, y, out, alpha, BLOCK=8):
    grid = lambda meta: ((x.numel() + meta["BLOCK"] - 1) // meta["BLOCK"],)
    scaled_sum_kernel[grid](x, y, out, x.numel(), alpha, BLOCK=BLOCK)
