"""Sums over the rows, as the equations say."""


def ppca_em_step(X, W, sigma2, mu):
    Ez, Ezz = ppca_e_step(X, W, sigma2, mu)
    left, right = torch.zeros_like(W), torch.zeros(W.shape[1], W.shape[1], dtype=W.dtype)
    for x, z, zz in zip(X, Ez, Ezz):
        left, right = left + torch.outer(x - mu, z), right + zz
    new, total = left @ torch.linalg.inv(right), 0.0
    for x, z, zz in zip(X, Ez, Ezz):
        total += ((x - mu).square().sum() - 2 * z @ new.T @ (x - mu) + torch.trace(zz @ new.T @ new)).item()
    return new, total / (X.shape[0] * X.shape[1])
