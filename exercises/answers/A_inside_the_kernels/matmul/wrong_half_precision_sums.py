"""The sums are kept in float16."""
# fails: sums_in_float32


@triton.jit
def matmul_kernel(
    a, b, c, M, N, K, a_row, a_column, b_row, b_column, c_row, c_column,
    BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr,
):
    i = tl.program_id(0) * BM + tl.arange(0, BM)[:, None]
    j = tl.program_id(1) * BN + tl.arange(0, BN)[None, :]
    total = tl.zeros((BM, BN), tl.float32)
    for start in range(0, K, BK):
        k = start + tl.arange(0, BK)[None, :]
        left = tl.load(a + i * a_row + k * a_column, mask=(i < M) & (k < K), other=0.0)
        k = start + tl.arange(0, BK)[:, None]
        right = tl.load(b + k * b_row + j * b_column, mask=(k < K) & (j < N), other=0.0)
        total = (total.to(tl.float16) + tl.dot(left, right, input_precision="ieee").to(tl.float16)).to(tl.float32)
    tl.store(c + i * c_row + j * c_column, total, mask=(i < M) & (j < N))
