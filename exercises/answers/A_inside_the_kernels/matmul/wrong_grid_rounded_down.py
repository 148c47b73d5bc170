"""The tiles that hang over have no program."""
# fails: ragged_edges


def matmul(a: Tensor, b: Tensor, c: Tensor, BM: int = 16, BN: int = 16, BK: int = 16) -> None:
    M, K = a.shape
    N = b.shape[1]
    grid = (M // BM, N // BN)
    matmul_kernel[grid](a, b, c, M, N, K, *a.stride(), *b.stride(), *c.stride(), BM, BN, BK)
