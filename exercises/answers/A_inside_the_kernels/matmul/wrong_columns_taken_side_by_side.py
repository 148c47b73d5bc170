"""The numbers of a row are taken to lie side by side."""
# fails: transposed_inputs


def matmul(a: Tensor, b: Tensor, c: Tensor, BM: int = 16, BN: int = 16, BK: int = 16) -> None:
    M, K = a.shape
    N = b.shape[1]
    grid = (triton.cdiv(M, BM), triton.cdiv(N, BN))
    matmul_kernel[grid](a, b, c, M, N, K, a.stride(0), 1, b.stride(0), 1, *c.stride(), BM, BN, BK)
