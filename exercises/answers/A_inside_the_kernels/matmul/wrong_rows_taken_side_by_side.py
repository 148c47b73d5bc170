"""A and B are taken to be contiguous."""
# fails: one_tile, several_tiles, long_sums, ragged_edges, transposed_inputs, sums_in_float32, other_tiles


def matmul(a: Tensor, b: Tensor, c: Tensor, BM: int = 16, BN: int = 16, BK: int = 16) -> None:
    M, K = a.shape
    N = b.shape[1]
    grid = (triton.cdiv(M, BM), triton.cdiv(N, BN))
    matmul_kernel[grid](a, b, c, M, N, K, K, 1, N, 1, *c.stride(), BM, BN, BK)
