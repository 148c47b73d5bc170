"""The whole covariance by Cholesky; the closed form by singular values; loops."""


def ppca_log_likelihood(X, W, sigma2, mu):
    d = X.shape[1]
    L = torch.linalg.cholesky(W @ W.T + sigma2 * torch.eye(d, dtype=W.dtype))
    Y = torch.linalg.solve_triangular(L, (X - mu).T, upper=False)
    return -0.5 * (Y**2).sum() - len(X) * (torch.log(L.diagonal()).sum() + 0.5 * d * math.log(2 * math.pi))


def ppca_fit(X, k):
    N, d = X.shape
    mu = X.mean(0)
    _, s, Vh = torch.linalg.svd(X - mu)
    values = torch.cat([s.square() / N, s.new_zeros(max(d - N, 0))])
    noise = float(values[k:].sum()) / (d - k)
    return Vh[:k].T @ torch.diag((values[:k] - noise).sqrt()), noise, mu


def variance_k(X, level):
    s = torch.linalg.svdvals(X - X.mean(0)).square().tolist()
    k = 0
    while sum(s[:k]) / sum(s) < level - 1e-9:
        k += 1
    return k


def bic_k(X):
    N, d = X.shape
    values = torch.linalg.svdvals(X - X.mean(0)).square() / N
    best = None
    for k in range(d):
        logs = sum(math.log(v) for v in values[:k].tolist()) + (d - k) * math.log(values[k:].mean().item())
        loglik = -N / 2 * (logs + d + d * math.log(2 * math.pi))
        bic = -2 * loglik + (d * k - k * (k - 1) // 2 + 1 + d) * math.log(N)
        if best is None or bic < best[0]:
            best = (bic, k)
    return best[1]
