"""A step from the covariance of the rows alone; second moments by einsum."""


def ppca_e_step(X, W, sigma2, mu):
    d, k = W.shape
    gain = torch.linalg.solve(W @ W.T + sigma2 * torch.eye(d, dtype=W.dtype), W).T
    Ez = (X - mu) @ gain.T
    return Ez, torch.eye(k, dtype=W.dtype) - gain @ W + torch.einsum("ni,nj->nij", Ez, Ez)


def ppca_em_step(X, W, sigma2, mu):
    N, d = X.shape
    S = (X - mu).T @ (X - mu) / N
    eye = torch.eye(W.shape[1], dtype=W.dtype)
    M = W.T @ W + sigma2 * eye
    new = S @ W @ torch.linalg.inv(sigma2 * eye + torch.linalg.solve(M, W.T @ S @ W))
    return new, float(torch.trace(S - S @ W @ torch.linalg.solve(M, new.T)) / d)
