"""Loadings in another basis; the likelihood from the covariance of the rows."""

plain_fit = ppca_fit


def ppca_log_likelihood(X, W, sigma2, mu):
    N, d = X.shape
    S = (X - mu).T @ (X - mu) / N
    C = W @ W.T + sigma2 * torch.eye(d, dtype=X.dtype)
    return -N / 2 * (d * math.log(2 * math.pi) + torch.linalg.slogdet(C)[1] + torch.trace(torch.linalg.solve(C, S)))


def ppca_fit(X, k):
    W, sigma2, mu = plain_fit(X, k)
    return -W.flip(1), sigma2, mu
