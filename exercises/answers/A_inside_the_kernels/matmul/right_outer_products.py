"""A sum of outer products, without tl.dot."""


@triton.jit
def matmul_kernel(
    a, b, c, M, N, K, a_row, a_column, b_row, b_column, c_row, c_column,
    BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr,
):
    i = tl.program_id(0) * BM + tl.arange(0, BM)
    j = tl.program_id(1) * BN + tl.arange(0, BN)
    total = tl.zeros((BM, BN), tl.float32)
    for k in range(0, K):
        left = tl.load(a + i * a_row + k * a_column, mask=i < M, other=0.0).to(tl.float32)
        right = tl.load(b + k * b_row + j * b_column, mask=j < N, other=0.0).to(tl.float32)
        total += left[:, None] * right[None, :]
    inside = (i[:, None] < M) & (j[None, :] < N)
    tl.store(c + i[:, None] * c_row + j[None, :] * c_column, total, mask=inside)
