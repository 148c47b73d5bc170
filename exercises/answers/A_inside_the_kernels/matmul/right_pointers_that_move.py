"""Pointers that move along K, the remaining length in the mask, sums added by tl.dot itself."""


@triton.jit
def matmul_kernel(
    a, b, c, M, N, K, a_row, a_column, b_row, b_column, c_row, c_column,
    BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr,
):
    i = tl.program_id(0) * BM + tl.arange(0, BM)
    j = tl.program_id(1) * BN + tl.arange(0, BN)
    k = tl.arange(0, BK)
    a_tile = a + i[:, None] * a_row + k[None, :] * a_column
    b_tile = b + k[:, None] * b_row + j[None, :] * b_column
    total = tl.zeros((BM, BN), dtype=tl.float32)
    for step in range(0, tl.cdiv(K, BK)):
        left = tl.load(a_tile, mask=(i[:, None] < M) & (k[None, :] < K - step * BK), other=0.0)
        right = tl.load(b_tile, mask=(k[:, None] < K - step * BK) & (j[None, :] < N), other=0.0)
        total = tl.dot(left, right, total, input_precision="ieee")
        a_tile += BK * a_column
        b_tile += BK * b_row
    inside = (i[:, None] < M) & (j[None, :] < N)
    tl.store(c + i[:, None] * c_row + j[None, :] * c_column, total, mask=inside)
