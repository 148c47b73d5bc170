"""All rows at once, with weights of 0 and 1."""


def impute(X, W, sigma2, mu):
    gaps = X.isnan()
    A = torch.where(gaps, torch.zeros_like(X), X - mu)
    M = torch.einsum("nd,dk,dl->nkl", (~gaps).to(X.dtype), W, W) + sigma2 * torch.eye(W.shape[1], dtype=W.dtype)
    z = torch.linalg.solve(M, (A @ W)[:, :, None])[:, :, 0]
    return torch.where(gaps, z @ W.T + mu, X)


def observed_log_likelihood(X, W, sigma2, mu):
    seen = (~X.isnan()).to(X.dtype)
    A, k, n = torch.where(X.isnan(), torch.zeros_like(X), X - mu), W.shape[1], seen.sum(1)
    M = torch.einsum("nd,dk,dl->nkl", seen, W, W) + sigma2 * torch.eye(k, dtype=W.dtype)
    b = A @ W
    squares = (A.square().sum(1) - (b * torch.linalg.solve(M, b[:, :, None])[:, :, 0]).sum(1)) / sigma2
    return -0.5 * (n * math.log(2 * math.pi) + (n - k) * math.log(sigma2) + torch.logdet(M) + squares).sum()
