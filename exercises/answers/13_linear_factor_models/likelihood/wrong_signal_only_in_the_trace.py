"""The quadratic form of the noise alone."""
# fails: density_by_hand, likelihood_of_a_gaussian, hundreds_of_features


def ppca_log_likelihood(X, W, sigma2, mu):
    (N, d), k = X.shape, W.shape[1]
    M = W.T @ W + sigma2 * torch.eye(k, dtype=W.dtype)
    logdet = (d - k) * math.log(sigma2) + torch.logdet(M)
    return -(N * (d * math.log(2 * math.pi) + logdet) + ((X - mu) ** 2).sum() / sigma2) / 2
