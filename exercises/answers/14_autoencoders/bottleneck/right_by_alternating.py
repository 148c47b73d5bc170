"""Least squares for the decoder and the encoder in turn, without any eigenvector."""


def linear_autoencoder(X, k):
    mean = X.mean(0)
    Z = (X - mean).double()
    W = torch.randn(X.shape[1], k, generator=torch.Generator().manual_seed(1), dtype=Z.dtype)
    for _ in range(400):
        W = torch.linalg.qr(Z.T @ (Z @ W)).Q
    W = W.to(X.dtype)
    return W.T, -W.T @ mean, W, mean
