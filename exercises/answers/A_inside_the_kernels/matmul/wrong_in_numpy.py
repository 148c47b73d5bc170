"""The product by NumPy."""
# fails: all


def matmul(a, b, c, BM=16, BN=16, BK=16):
    c.copy_(torch.from_numpy(a.numpy() @ b.numpy()))
